"""Ways out of the house. A channel sends one message or says why it could not."""
