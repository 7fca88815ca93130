"""A council in a database of the test's own, and browsers of its staff that are signed in already."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import SignIn
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock
from app.kernel.crypto import new_token, token_hash
from app.kernel.db import Database

Enter = Callable[[Actor], FlaskClient]


@pytest.fixture
def browser_of(app: Flask, db: Database, clock: FixedClock) -> Enter:
    """The browser of somebody who has come through both factors."""

    def enter(actor: Actor) -> FlaskClient:
        token, now = new_token(), clock.now()
        assert actor.account_id is not None
        with db.transaction() as session:
            session.add(
                SignIn(
                    account_id=actor.account_id,
                    token_hash=token_hash(token),
                    created_at=now,
                    last_seen_at=now,
                    expires_at=now + timedelta(days=90),
                    needs_second_factor=False,
                    second_factor_at=now,
                )
            )
        client = app.test_client()
        client.set_cookie("fp_staff", token, path="/console")
        return client

    return enter
