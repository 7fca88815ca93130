"""What opens a door is never written down: no links that work once, no API keys, in no log of any part."""

import io
import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from werkzeug.serving import make_server

from app.kernel import logging as logs
from app.kernel.db import Database
from app.kernel.ids import new_id
from tests.conftest import SECRET
from tests.support.mail import free_port

ROOT = Path(__file__).parents[2]
TOKEN = "3uYw8pQ1zL0vN6cR5tJ9xB2mK7dF4gHsAeW-_iOoPqU"
KEY = f"fpk_3f9a1c22_{TOKEN}"
LINES = (
    f"GET /confirm/{TOKEN} HTTP/1.1",
    f"GET /new-password/{TOKEN}?locale=fr HTTP/1.1",
    f"POST https://council.example/console/new-password/{TOKEN}",
    f"GET /sign-in?next=%2Fconfirm%2F{TOKEN}",
    f"Authorization: Bearer {KEY}",
    f"authorization: bearer {TOKEN}",
    f"the key {KEY} is unknown",
)


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the house logs while the test runs."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    logs.configure("INFO")
    paper = io.StringIO()
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(paper)
    yield paper
    root.handlers[:] = before
    root.setLevel(level)


@pytest.mark.parametrize("line", LINES)
def test_what_opens_a_door_is_hidden_wherever_it_stands(line: str) -> None:
    hidden = logs.without_secrets(line)
    assert TOKEN not in hidden
    assert logs.HIDDEN in hidden


def test_a_refusal_of_the_database_does_not_repeat_the_row(written: io.StringIO, db: Database) -> None:
    """Neither as the parameters of the statement, nor as what PostgreSQL tells of the row that it refused."""
    log = logs.get_logger("ours")
    hers = {"id": new_id(), "name": "Zenobia Thistlequarrel"}
    statement = text("INSERT INTO account (id, kind, name, locale, status, last_totp_step, created_at) VALUES (:id, 'resident', :name, 'en', "
                     "'active', 0, now())")  # fmt: skip
    try:
        with db.transaction() as session:
            session.execute(statement, hers)
    except IntegrityError:
        log.exception("failed")
    [line] = [json.loads(one) for one in written.getvalue().splitlines()]
    assert "people_have_email" in line["exception"]
    assert "DETAIL:" in line["exception"]
    assert "Thistlequarrel" not in line["exception"]


@pytest.mark.parametrize(
    "line", ["GET /confirm HTTP/1.1", "/services/missed-bin", "a bearer of good news", "FP-7K3Q-92MX"]
)
def test_what_opens_nothing_stays(line: str) -> None:
    assert logs.without_secrets(line) == line


def test_our_own_lines_the_libraries_lines_and_tracebacks_are_cleaned(written: io.StringIO) -> None:
    logs.get_logger("ours").warning("refused", address=f"/confirm/{TOKEN}", sent={"headers": [f"Bearer {KEY}"]})
    logging.getLogger("theirs").warning("odd request %s", f"/new-password/{TOKEN}")
    try:
        raise ValueError(f"no such key: {KEY}")
    except ValueError:
        logs.get_logger("ours").exception("failed")
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["refused", "odd request /new-password/[hidden]", "failed"]
    assert "fpk_3f9a1c22_[hidden]" in lines[2]["exception"]
    assert TOKEN not in written.getvalue()


def test_the_development_servers_lines_are_cleaned(app: Flask, written: io.StringIO) -> None:
    logs.configure("INFO")
    server = make_server("127.0.0.1", 0, app)
    (handler,) = logging.getLogger().handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    _ask(f"http://127.0.0.1:{server.port}/new-password/{TOKEN}")
    server.shutdown()
    thread.join()
    server.server_close()
    assert "/new-password/[hidden]" in written.getvalue()
    assert TOKEN not in written.getvalue()


@pytest.mark.slow
def test_gunicorn_writes_no_addresses_even_if_it_is_asked_to(tmp_path: Path) -> None:
    port, paper = free_port(), tmp_path / "log"
    env = os.environ | {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing", "SECRET_KEY": SECRET, "PORT": str(port),
        "HOST": "127.0.0.1", "FIRSTPOINT_DATA_DIR": str(tmp_path), "FIRSTPOINT_LOG_LEVEL": "DEBUG",
    }  # fmt: skip
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "--access-logfile", "-", "wsgi:app"]
    with paper.open("wb") as log, subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log) as gunicorn:
        try:
            _wait_for(port)
            for door in ("confirm", "new-password", "console/new-password"):
                assert _ask(f"http://127.0.0.1:{port}/{door}/{TOKEN}") == 503
            assert _ask(f"http://127.0.0.1:{port}/api/v1/handoffs", Authorization=f"Bearer {KEY}") == 503
        finally:
            gunicorn.terminate()
    text = paper.read_text()
    assert "gunicorn.error" in text
    assert TOKEN not in text
    assert "/confirm/" not in text.replace("/confirm/[hidden]", "")


def _ask(address: str, **headers: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=120) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code


def _wait_for(port: int) -> None:
    end = time.monotonic() + 120
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < end, "gunicorn did not start"
            time.sleep(0.1)
        else:
            return
