"""Files into source records: streamed, in batches, each of which is kept or not as a whole."""
