"""Open311 GeoReport v2, as a client: giving a handoff to a back office that speaks it, and following what it says."""
