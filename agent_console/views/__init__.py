"""One module for each part of the console; each has a blueprint `bp`."""
