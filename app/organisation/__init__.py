"""Units, teams, members, working hours, the service catalogue and the queue register."""
