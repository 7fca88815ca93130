"""The trail: who did what to whom, and who looked at whom. Rows are added with the change they tell of, and never altered."""
