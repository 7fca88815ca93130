"""Contacts and enquiries: what people want from us, who has it, what was promised, and everything that happened to it."""
