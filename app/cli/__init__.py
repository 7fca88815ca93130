"""The `firstpoint` command."""
