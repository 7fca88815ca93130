"""Keys and watermarks of another database, kept as JSON and given back as what they were."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

_READ: dict[str, Callable[[str], Any]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "decimal": Decimal,
    "uuid": UUID,
}


def kept(value: Any) -> Any:
    """A value as JSON that `given_back` understands."""
    match value:
        case datetime():
            return {"datetime": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case Decimal():
            return {"decimal": str(value)}
        case UUID():
            return {"uuid": str(value)}
    return value


def given_back(value: Any) -> Any:
    """The value that was kept."""
    if isinstance(value, dict):
        [(kind, text)] = value.items()
        return _READ[kind](text)
    return value
