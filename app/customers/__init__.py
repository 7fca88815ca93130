"""Who the customers are: source systems and their records, the golden records made of them, and how sure we are of whom we speak to.

The only room that knows the matching engine. Others store source record ids, never golden ids: a golden record is
derived anew by every match run.
"""
