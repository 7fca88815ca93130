"""Who may come in: residents, staff and services' systems; how they prove it, and what their roles let them do."""
