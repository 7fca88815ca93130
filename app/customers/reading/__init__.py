"""Files to rows. Each reader yields (line, row or Reject) and knows nothing of databases."""

from app.customers.reading.files import FileFeed, read_rows
from app.customers.reading.inspection import Inspection, inspect
from app.customers.reading.rows import Reject, Row

__all__ = ["FileFeed", "Inspection", "Reject", "Row", "inspect", "read_rows"]
