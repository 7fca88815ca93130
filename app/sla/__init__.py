"""Clocks: by when an enquiry needs a first response, the next word to the customer, and its end."""
