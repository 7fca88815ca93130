"""Sources that we fetch from: a folder, a database, a web address. Each is read as a feed that can be taken up where it was left."""
