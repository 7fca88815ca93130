"""What two records share only because nobody knew better."""

from uuid import UUID

import pytest

from app.customers.matching.hollow import shares_placeholder
from app.customers.matching.records import Current


def record(**said: str) -> Current:
    return Current(UUID(int=1), "legacy-crm", "Legacy CRM", "C-1", 1, said, None, False)


@pytest.mark.parametrize(
    ("name", "value", "hollow"),
    [
        ("date_of_birth", "1900-01-01", True),
        ("date_of_birth", "1999-01-01", False),
        ("phone", "00000 000000", True),
        ("phone", "01234 567890", True),
        ("phone", "07700 900123", False),
        ("email", "none@none.com", True),
        ("email", "josie@resident.example", False),
        ("national_id", "AB123456C", True),
        ("given_name", "unknown", False),
    ],
)
def test_a_placeholder_that_both_records_hold_is_known_as_one(name: str, value: str, hollow: bool) -> None:
    assert shares_placeholder(record(**{name: value}), record(**{name: value})) is hollow


def test_what_only_one_of_them_holds_is_not_shared() -> None:
    assert not shares_placeholder(record(date_of_birth="1900-01-01"), record())
    assert not shares_placeholder(record(phone="00000 000000"), record(phone="11111 111111"))
