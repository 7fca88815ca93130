"""Whether a column holds one of many values, however many: as one array, not as a parameter each.

A statement takes 65,535 parameters, and SQLAlchemy writes one for every member of an IN.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, any_, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

T = TypeVar("T")


def among(column: InstrumentedAttribute[T], values: Iterable[T]) -> ColumnElement[bool]:
    """``column = ANY(values)``: true where the column's value is one of these."""
    kind: Any = column.type
    return column == any_(literal(list(values), ARRAY(kind)))
