"""Carrying the feed to services' systems, as Standard Webhooks has it."""
