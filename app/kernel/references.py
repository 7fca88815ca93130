"""References that people read out on the phone: `FP-7K3Q-92MX`.

Eight symbols from an alphabet of 31, which is prime. The last symbol checks the others: with weights 1…7 modulo
a prime, every single wrong symbol and every swap of two symbols changes the sum, so it is always noticed.
The alphabet has no I, L, O, U or Z; on entry O is read as 0, I and L as 1, Z as 2 and U as V, and spaces, dashes and case
do not matter.
"""

import re
import secrets

from app.kernel.errors import Invalid
from app.kernel.i18n import N_

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
_LOOKS_LIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "Z": "2", "U": "V"})
_BODY = 7


class BadReference(Invalid):
    """What was typed cannot be a reference; says why, for the field it was typed into."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__({"reference": message}, **params)


def new(prefix: str) -> str:
    """A fresh random reference; 31⁷ ≈ 27 billion of them, so guessing one is hopeless and repeats are caught by the key."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(_BODY))
    return _write(prefix, body + _check(body))


def parse(text: str, prefix: str) -> str:
    """The canonical form of a typed reference. Raises BadReference for what has the wrong length, symbols or check."""
    symbols = re.sub(r"[\s\-–—_.]+", "", text.upper())
    if len(symbols) > _BODY + 1:  # eight symbols are the reference itself, which may begin like the prefix
        symbols = symbols.removeprefix(prefix)
    symbols = symbols.translate(_LOOKS_LIKE)
    example = _write(prefix, "7K3Q92M" + _check("7K3Q92M"))
    if len(symbols) != _BODY + 1:
        raise BadReference(
            N_("A reference has 8 letters and numbers after %(prefix)s, like %(example)s"),
            prefix=prefix,
            example=example,
        )
    unknown = sorted(set(symbols) - _VALUE.keys())
    if unknown:
        raise BadReference(
            N_("A reference cannot contain %(symbol)s. Check it against your message"), symbol=unknown[0]
        )
    if _check(symbols[:-1]) != symbols[-1]:
        raise BadReference(N_("That reference has a typing mistake in it. Check each letter and number"))
    return _write(prefix, symbols)


def _check(body: str) -> str:
    return ALPHABET[sum(weight * _VALUE[symbol] for weight, symbol in enumerate(body, start=1)) % len(ALPHABET)]


def _write(prefix: str, symbols: str) -> str:
    return f"{prefix}-{symbols[:4]}-{symbols[4:]}"
