"""Secrets at rest: sealed with a key derived from the installation's own secret, and one-way hashes for bearer tokens."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Sealer:
    """Seals short secrets (a TOTP seed, say) so that the database alone does not give them away."""

    def __init__(self, secret: str, purpose: str = "sealed columns") -> None:
        key = HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode())
        self._fernet = Fernet(urlsafe_b64encode(key))

    def seal(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Raises cryptography.fernet.InvalidToken when sealed with another key."""
        return self._fernet.decrypt(sealed.encode()).decode()


def new_token() -> str:
    """A bearer token with 256 bits of chance."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the database keeps of a bearer token: it was random, so a plain SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


class KeyedHash:
    """Turns an identifier into something that only this installation can recognise again, and nobody can turn back."""

    def __init__(self, secret: str, purpose: str = "erased keys") -> None:
        self._key = HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode())

    def of(self, *parts: str) -> str:
        """Parts are told apart, so that ("ab", "c") is not ("a", "bc")."""
        said = "\x1f".join(f"{len(part)}:{part}" for part in parts)
        return hmac.new(self._key, said.encode(), hashlib.sha256).hexdigest()
