"""Giving an enquiry to a back-office service: the sender answers for it until the service has accepted."""
