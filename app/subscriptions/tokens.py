"""The stop link in a bulletin: it works without signing in, for one subscription, and as long as that is kept."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hmac import compare_digest
from uuid import UUID

from sqlalchemy.orm import Session

from app.kernel.crypto import KeyedHash
from app.kernel.errors import NotFound
from app.kernel.events import provided

PATH = "/stop-updates/"
_SIGNS = 32


def stop_path(session: Session, subscription_id: UUID) -> str:
    """Where the link leads, on our own pages."""
    named = urlsafe_b64encode(subscription_id.bytes).rstrip(b"=").decode()
    return f"{PATH}{named}.{_signed(session, subscription_id)}"


def read(session: Session, token: str) -> UUID:
    """Whose subscription it is about. NotFound for a token that we did not make."""
    named, _, signature = token.partition(".")
    try:
        subscription_id = UUID(bytes=urlsafe_b64decode(named + "=="))
    except ValueError:
        raise NotFound from None
    if not compare_digest(signature.encode(), _signed(session, subscription_id).encode()):
        raise NotFound
    return subscription_id


def _signed(session: Session, subscription_id: UUID) -> str:
    return provided(session, KeyedHash).of("link", "stop updates", str(subscription_id))[:_SIGNS]
