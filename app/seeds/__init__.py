"""The demo city and its people: a town that can be shown to anybody because nobody in it exists."""
