"""Version 1 of the API. Within a version, fields are only ever added."""

from app.api.v1 import customers, enquiries, handoffs, services, source_records

blueprints = (services.bp, enquiries.bp, handoffs.bp, source_records.bp, customers.bp)
