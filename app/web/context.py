"""What a view may ask of the request it stands in: the runtime, the time, a session, who is asking and in which language."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import cast

from flask import current_app, g
from sqlalchemy.orm import Session

from app.kernel.actors import PUBLIC, Actor
from app.runtime import Runtime

EXTENSION = "firstpoint"


def runtime() -> Runtime:
    """The wired house behind the current application."""
    return cast(Runtime, current_app.extensions[EXTENSION])


def now() -> datetime:
    """The time by the runtime's clock, as an aware UTC datetime."""
    return runtime().clock.now()


def transaction() -> AbstractContextManager[Session]:
    """A session whose changes are kept when the block ends well."""
    return runtime().database.transaction()


def reading() -> AbstractContextManager[Session]:
    """A read-only session."""
    return runtime().database.reading()


def actor() -> Actor:
    """Who is asking; PUBLIC when nobody is signed in."""
    return cast(Actor, g.get("actor", PUBLIC))
