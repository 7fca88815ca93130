"""One row of a source to what it says of its customers. Pure: no files, no database."""

from app.customers.parsing.attributes import Parsed, parse_row

__all__ = ["Parsed", "parse_row"]
