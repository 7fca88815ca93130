"""Which passwords are taken, and that comparing them gives nothing away."""

import time

import pytest
from argon2 import PasswordHasher

from app.accounts import passwords
from app.kernel.errors import Invalid

PERSON = {"email": "jo.barker@example.org", "name": "Jo Barker"}


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("short", "at least 12"),
        ("x" * 257, "at most 256"),
        ("jo.barker1234", "your name or e-mail"),
        ("JO.BARKER@example.org", "your name or e-mail"),
        ("barkerbarker", "your name or e-mail"),
        ("aaaaaaaaaaaa", "easily guessed"),
        ("Password12345", "easily guessed"),
        ("correcthorsebatterystaple", "easily guessed"),
    ],
)
def test_a_weak_password_is_refused_with_a_reason(password: str, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        passwords.check(password, **PERSON)


@pytest.mark.parametrize(
    "password", ["three blue otters", "Tr0ub4dor&3 again", "пароль для проверки", "barker street in the rain"]
)
def test_a_good_password_is_taken(password: str) -> None:
    passwords.check(password, **PERSON)


def test_the_right_password_is_recognised_and_a_wrong_one_is_not() -> None:
    kept = passwords.hash_password("three blue otters")

    assert passwords.verify(kept, "three blue otters")
    assert not passwords.verify(kept, "three blue otter")


def test_an_accent_typed_in_two_ways_is_one_password() -> None:
    assert passwords.verify(passwords.hash_password("cafe\u0301 au lait, merci"), "caf\u00e9 au lait, merci")


def test_no_account_has_no_password_not_even_the_stand_in() -> None:
    assert not passwords.verify(None, "a password that no account has")


def test_a_hash_with_older_parameters_is_outdated() -> None:
    older = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash("three blue otters")

    assert passwords.verify(older, "three blue otters")
    assert passwords.is_outdated(older)
    assert not passwords.is_outdated(passwords.hash_password("three blue otters"))


def test_an_unknown_account_takes_as_long_as_a_known_one() -> None:
    known = passwords.hash_password("three blue otters")
    passwords.verify(None, "warm")

    assert 0.3 < _seconds(None) / _seconds(known) < 3


def _seconds(password_hash: str | None) -> float:
    def once() -> float:
        start = time.process_time()  # the work itself: by the wall it would hang on what else the machine does
        passwords.verify(password_hash, "something else")
        return time.process_time() - start

    return min(once() for _ in range(5))
