"""What people want to be told of: topics, who follows them with which consent, and the bulletins that go to them."""
