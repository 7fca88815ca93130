"""Pictures and papers from residents: with the report, with a reply, and out of everybody else's reach."""

import io

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import text
from werkzeug.datastructures import FileStorage

from app.accounts.queries import AccountRow
from app.enquiries import services
from app.kernel.actors import Actor, ActorKind, Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.support.council import Council, missed_bin
from tests.support.pages import read


def photo(name: str = "bin.jpg") -> FileStorage:
    exif = Image.Exif()
    exif[0x010F] = "Spycam"
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "blue").save(out, "JPEG", exif=exif)
    return FileStorage(io.BytesIO(out.getvalue()), filename=name)


def reference_of(db: Database, riley: AccountRow, council: Council, clock: FixedClock) -> str:
    resident = Actor(ActorKind.RESIDENT, riley.id, riley.name, frozenset({Role.RESIDENT}))
    with db.transaction() as session:
        return missed_bin(session, resident, now=clock.now()).reference


@pytest.fixture
def reference(db: Database, riley: AccountRow, council: Council, clock: FixedClock) -> str:
    """An enquiry of Riley's."""
    return reference_of(db, riley, council, clock)


def test_a_reply_brings_a_picture_without_what_the_camera_wrote(
    signed_in: FlaskClient, visitor: FlaskClient, reference: str
) -> None:
    at = f"/account/enquiries/{reference}"
    assert signed_in.post(at, data={"body": "Look", "files": [photo()]}).status_code == 303
    page = read(signed_in.get(at))
    link = next(link["href"] for link in page.attributes("a") if "/files/" in link.get("href", ""))
    got = signed_in.get(link)
    assert b"Spycam" not in got.data
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert visitor.get(link).status_code == 303, "to sign in"


def test_anothers_file_is_not_there(
    signed_in: FlaskClient, db: Database, riley: AccountRow, council: Council, clock: FixedClock
) -> None:
    mine = reference_of(db, riley, council, clock)
    with db.transaction() as session:
        other = missed_bin(session, council.neighbour, now=clock.now()).reference
        (theirs,) = services.attach(session, council.neighbour, other, [("x.txt", b"words")], now=clock.now())
        (inside,) = services.attach(
            session, council.advisor, mine, [("y.txt", b"words")], internal=True, now=clock.now()
        )
    assert signed_in.get(f"/account/enquiries/{other}/files/{theirs}").status_code == 404
    assert signed_in.get(f"/account/enquiries/{mine}/files/{theirs}").status_code == 404
    assert signed_in.get(f"/account/enquiries/{mine}/files/{inside}").status_code == 404, "for colleagues only"
    assert signed_in.get(f"/track/{mine}/files/{inside}").status_code == 404


def test_what_cannot_be_taken_is_said_and_the_message_is_not_lost(
    signed_in: FlaskClient, db: Database, riley: AccountRow, council: Council, clock: FixedClock
) -> None:
    at = f"/account/enquiries/{reference_of(db, riley, council, clock)}"
    program = FileStorage(io.BytesIO(b"MZ\x90\x00" + b"\x00" * 50), filename="cat.jpg")
    refused = signed_in.post(at, data={"body": "Look at this", "files": [program]})
    assert refused.status_code == 422
    assert "cat.jpg cannot be added" in read(refused).text
    assert read(refused).value("body") == "Look at this"
    with db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM enquiry_message")) == 0, "all or nothing"


def test_a_visitor_sees_the_files_of_what_they_opened_and_can_add_one(
    visitor: FlaskClient, db: Database, council: Council, clock: FixedClock
) -> None:
    with db.transaction() as session:
        reference = missed_bin(session, council.advisor, now=clock.now()).reference
    visitor.post("/track", data={"reference": reference, "email": "jo@example.com"})
    assert visitor.post(f"/track/{reference}", data={"body": "Look", "files": [photo("gate.jpg")]}).status_code == 303
    page = read(visitor.get(f"/track/{reference}"))
    assert "gate.jpg" in page.text
    link = next(link["href"] for link in page.attributes("a") if "/files/" in link.get("href", ""))
    assert visitor.get(link).status_code == 200
    visitor.post("/track/done")
    assert visitor.get(link).status_code == 404


def test_ones_own_joined_reference_opens_the_other(
    signed_in: FlaskClient, db: Database, riley: AccountRow, council: Council, clock: FixedClock
) -> None:
    kept, joined = (reference_of(db, riley, council, clock) for _ in range(2))
    with db.transaction() as session:
        services.mark_duplicate(
            session, council.leader, joined, of=kept, reason="The same", version=None, now=clock.now()
        )
    assert signed_in.get(f"/account/enquiries/{joined}").headers["Location"].endswith(kept)
