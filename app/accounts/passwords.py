"""Passwords: which are good enough, and how they are kept and compared."""

import unicodedata
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.kernel.errors import Invalid
from app.kernel.i18n import N_

SHORTEST = 12
LONGEST = 256
DIFFERENT = 5

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""Argon2id with the least memory that OWASP accepts, because many threads may hash at once."""


def check(password: str, *, email: str, name: str, field: str = "password") -> None:
    """Raise Invalid for a password that is easily guessed."""
    plain = _same_form(password).casefold()
    if len(plain) < SHORTEST:
        raise Invalid({field: N_("Use at least %(shortest)s characters")}, shortest=SHORTEST)
    if len(plain) > LONGEST:
        raise Invalid({field: N_("Use at most %(longest)s characters")}, longest=LONGEST)
    if len(_without_the_person(plain, email, name)) * 2 < len(plain):
        raise Invalid({field: N_("Do not build your password from your name or e-mail address")})
    if len(set(plain)) < DIFFERENT or plain in _common():
        raise Invalid({field: N_("That password is easily guessed. Three random words make a good one")})


def _without_the_person(plain: str, email: str, name: str) -> str:
    """What is left of a password when the owner's name and address are taken out of it."""
    parts = [email, email.partition("@")[0], *name.split()]
    for part in sorted((part.casefold() for part in parts if len(part) >= 4), key=len, reverse=True):
        plain = plain.replace(part, "")
    return plain


def hash_password(password: str) -> str:
    return HASHER.hash(_same_form(password))


def verify(password_hash: str | None, password: str) -> bool:
    """True if the password is the right one. Takes as long for an account without a password, or for no account at all."""
    try:
        right = HASHER.verify(password_hash or _nobodys(), _same_form(password[: LONGEST + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None and right


def is_outdated(password_hash: str) -> bool:
    """True if the hash was made with other parameters than today's: hash again while the password is at hand."""
    return HASHER.check_needs_rehash(password_hash)


def _same_form(password: str) -> str:
    """One spelling for characters that keyboards compose in different ways."""
    return unicodedata.normalize("NFKC", password)


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return HASHER.hash("a password that no account has")


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset((Path(__file__).parent / "common_passwords.txt").read_text().split())
