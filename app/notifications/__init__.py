"""Messages to the outside: written with the change they tell of, sent from an outbox, with an outcome for each."""
