"""An advisor at the console, for measuring pages without a browser and without the network."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask.testing import FlaskClient

from app.accounts.models import SignIn
from app.config import Settings
from app.factory import create_app
from app.kernel.actors import Role
from app.kernel.clock import SystemClock
from app.kernel.crypto import new_token, token_hash
from app.kernel.db import Database
from app.runtime import Runtime, build_bus
from tests.support.council import found, person

SECRET = "a secret for measuring only, long enough to be accepted"


@contextmanager
def signed_in(house: Database) -> Iterator[FlaskClient]:
    """A council in this database, and one of its advisors who has signed in."""
    now, token = datetime.now(UTC), new_token()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            _env_file=None,
            SECRET_KEY=SECRET,
            DATABASE_URL=str(house.engine.url),
            data_dir=Path(folder),
            log_level="ERROR",
        )
        served = Database(house.engine.url.render_as_string(hide_password=False), build_bus(settings))
        with served.transaction() as session:
            found(session, now)
            who = person(session, "Page Turner", Role.ADVISOR, now=now)
            session.add(SignIn(
                account_id=who.account_id, token_hash=token_hash(token), created_at=now, last_seen_at=now,
                expires_at=now + timedelta(days=1), needs_second_factor=False, second_factor_at=now,
            ))  # fmt: skip
        client = create_app(runtime=Runtime(settings, served, SystemClock())).test_client()
        client.set_cookie("fp_staff", token)
        try:
            yield client
        finally:
            served.close()
