"""One module a page or a small group of pages; each has a blueprint of its own."""
