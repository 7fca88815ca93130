"""One table of states: the policy's, the database's and the handbook's."""

from pathlib import Path

from app.enquiries.enums import State
from app.enquiries.guards import GUARD_STATES
from app.enquiries.handbook import state_table
from app.enquiries.policy import TRANSITIONS

HANDBOOK = (Path(__file__).parents[3] / "docs" / "enquiries.md").read_text()


def test_the_handbook_has_the_table_of_the_policy() -> None:
    assert HANDBOOK.partition("<!-- states -->\n")[2].partition("<!-- /states -->")[0] == state_table()


def test_the_guard_of_the_database_has_exactly_the_moves_of_the_policy() -> None:
    for old in State:
        for new in State:
            assert (f"('{old}', '{new}')" in GUARD_STATES) is (new in TRANSITIONS[old]), (old, new)
