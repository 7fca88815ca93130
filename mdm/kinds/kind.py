"""The list of kinds, and the check that a mapping from columns to kinds can be worked with."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum

from mdm.errors import MissingColumn, NoIdColumn, UnknownKind


class Kind(StrEnum):
    """What a column holds. Standardising, comparing and blocking follow from it."""

    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    MIDDLE_NAME = "middle_name"
    FULL_NAME = "full_name"
    DATE_OF_BIRTH = "date_of_birth"
    GENDER = "gender"
    NATIONAL_ID = "national_id"
    EMAIL = "email"
    PHONE = "phone"
    POSTCODE = "postcode"
    HOUSE_NUMBER = "house_number"
    UNIT = "unit"
    ADDRESS_LINE = "address_line"
    ADDRESS = "address"
    CITY = "city"
    REGION = "region"
    ORGANISATION_NAME = "organisation_name"
    COMPANY_NUMBER = "company_number"
    FREE_TEXT = "free_text"
    SOURCE = "source"
    ID = "id"
    IGNORE = "ignore"


NOT_EVIDENCE = frozenset({Kind.SOURCE, Kind.ID, Kind.IGNORE})
"""Kinds that say where a record comes from, and nothing about whom it describes."""

_ALL = [kind.value for kind in Kind]


def as_kind(name: str, column: str) -> Kind:
    """The kind called `name`; UnknownKind names the nearest one when there is none."""
    try:
        return Kind(name)
    except ValueError:
        near = difflib.get_close_matches(str(name).strip().lower(), _ALL, n=1)
        hint = f"did you mean '{near[0]}'?" if near else "use one of: " + ", ".join(_ALL)
        raise UnknownKind(f"Column '{column}' has the unknown kind '{name}'; {hint}") from None


def check_kinds(
    kinds: Mapping[str, str | Kind], column_names: Iterable[str], *, need_id: bool = True
) -> dict[str, Kind]:
    """The mapping with every kind checked against `column_names`, in the table's column order.

    Raises UnknownKind, MissingColumn or NoIdColumn. With `need_id=False` a table without an id is accepted.
    """
    names = list(column_names)
    checked = {column: as_kind(str(kind), column) for column, kind in kinds.items()}
    for column in checked:
        if column not in names:
            near = difflib.get_close_matches(column, names, n=1)
            hint = f"did you mean '{near[0]}'?" if near else "the table has: " + ", ".join(names)
            raise MissingColumn(f"Column '{column}' is not in the table; {hint}")
    count = Counter(checked.values())
    if count[Kind.ID] > 1:
        both = ", ".join(f"'{column}'" for column, kind in checked.items() if kind is Kind.ID)
        raise NoIdColumn(f"Only one column can be the id, but {both} are; make the others 'ignore'")
    if count[Kind.ID] == 0 and need_id:
        raise NoIdColumn("No column has the kind 'id'; give it to the column that names each row")
    if count[Kind.SOURCE] > 1:
        raise UnknownKind("Only one column can have the kind 'source'; make the others 'ignore'")
    return {column: checked[column] for column in names if column in checked}
