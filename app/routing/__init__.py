"""Which queue an enquiry goes to, and who takes it from there."""
