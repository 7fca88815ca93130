"""Source records into golden records: the engine's clusters, ids that stay, survivors with their provenance, one swap."""
