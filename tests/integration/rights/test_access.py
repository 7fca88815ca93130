"""Somebody asks for a copy of their data: all of it, nothing of anybody else's, and only for them."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader
from sqlalchemy import text

from app.customers import services as customers
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from app.rights import queries, services
from app.rights.enums import AskedBy, PackageState, RightKind
from tests.integration.rights.conftest import Life
from tests.support.numbers import telephone_in


def ask(db: Database, life: Life, clock: FixedClock) -> UUID:
    with db.transaction() as session:
        return services.ask(session, life.jo, RightKind.ACCESS, now=clock.now())


def make(db: Database, life: Life, request: UUID, clock: FixedClock, **said: Any) -> UUID:
    with db.transaction() as session:
        made = services.ask_package(session, life.steward, request, now=clock.now(), **said)
    services.make_waiting(db, clock=clock)
    return made


def opened(db: Database, package: UUID) -> tuple[dict[str, Any], str]:
    """The JSON as it was put together, and the words of the PDF."""
    with zipfile.ZipFile(io.BytesIO(b"".join(queries.package_bytes(db, package)))) as archive:
        said = json.loads(archive.read("your-data.json"))
        pages = PdfReader(io.BytesIO(archive.read("your-data.pdf"))).pages
        return said, "\n".join(page.extract_text() for page in pages)


def rows(said: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return next(one["rows"] for one in said["classes"] if one["class"] == name)


@pytest.fixture
def package(loaded: Database, life: Life, clock: FixedClock) -> tuple[dict[str, Any], str]:
    request = ask(loaded, life, clock)
    return opened(loaded, make(loaded, life, request, clock))


def test_the_copy_tells_sources_recipients_and_who_looked(package: tuple[dict[str, Any], str], life: Life) -> None:
    said, paper = package
    assert said["shape"] == "firstpoint-access-package/2"
    assert {(one["source"], one["key"]) for one in rows(said, "source-records")} == {
        ("Council tax", "700000001-1"), ("Housing", "TEN-00771/1"),
    }  # fmt: skip
    assert rows(said, "source-records")[0]["purpose"]
    assert {one["reference"] for one in rows(said, "enquiries")} == {life.done.reference, life.open.reference}
    assert [(one["by"], one["purpose"]) for one in rows(said, "lookups")] == [
        ("A member of our staff", "A call about bins")
    ]
    assert rows(said, "account")[0]["name"] == "Jo Bloggs"
    assert rows(said, "verifications")
    assert all(one["kept"] for one in said["classes"])
    for words in ("Marine Parade", life.done.reference, "A call about bins", "Who has looked at your records"):
        assert words in paper


def test_nothing_of_anybody_else_is_in_it(package: tuple[dict[str, Any], str]) -> None:
    said, paper = package
    whole = json.dumps(said, ensure_ascii=False) + paper
    for anothers in ("Barnaby", "Quint", "barnaby@resident.example", "02/02/1979"):
        assert anothers not in whole
    assert not telephone_in(whole, "900456")
    assert "[about somebody else] rang too" in whole
    for colleague in ("Ada Visor", "Felix Ward"):
        assert colleague not in whole
    assert "CRM-0000001" not in whole, "a record that nobody has shown to be theirs, whatever it was joined with"


def test_only_they_and_whoever_handles_it_may_have_it_and_not_for_ever(
    loaded: Database, life: Life, clock: FixedClock
) -> None:
    made = make(loaded, life, ask(loaded, life, clock), clock)
    for somebody in (life.council.neighbour, life.council.advisor, life.council.administrator):
        with pytest.raises(NotFound), loaded.transaction() as session:
            services.download(session, somebody, made, now=clock.now())
    with loaded.transaction() as session:
        assert services.download(session, life.jo, made, now=clock.now()).size > 1000
        assert services.download(session, life.steward, made, now=clock.now()).downloads == 2
    clock.advance(timedelta(days=31))
    with pytest.raises(NotFound), loaded.transaction() as session:
        services.download(session, life.jo, made, now=clock.now())
    with loaded.transaction() as session:
        assert services.expire_packages(session, now=clock.now()) == 1
        assert queries.package(session, made).state is PackageState.EXPIRED
    assert list(queries.package_bytes(loaded, made)) == []


def test_they_are_told_when_it_is_ready(loaded: Database, life: Life, clock: FixedClock) -> None:
    make(loaded, life, ask(loaded, life, clock), clock)
    with loaded.reading() as session:
        told = session.execute(
            text("SELECT template, to_address FROM message WHERE template LIKE 'rights%' ORDER BY id")
        ).all()
    assert [one.template for one in told] == ["rights_received", "rights_ready"]
    assert len({one.to_address for one in told}) == 1


def test_a_restricted_person_s_copy_is_handed_over_and_says_nothing_of_where_they_live(
    loaded: Database, life: Life, clock: FixedClock
) -> None:
    request = ask(loaded, life, clock)
    with loaded.transaction() as session:
        customers.restrict(session, life.steward, life.tax, reason="A refuge", now=clock.now())
    with pytest.raises(Invalid, match="reaches the person safely"), loaded.transaction() as session:
        services.ask_package(session, life.steward, request, now=clock.now())
    with pytest.raises(NotAllowed), loaded.transaction() as session:
        services.ask_package(session, life.council.officer, request, by_hand_reason="x", now=clock.now())
    made = make(loaded, life, request, clock, by_hand_reason="Given to them at the counter")
    said, paper = opened(loaded, made)
    whole = (json.dumps(said, ensure_ascii=False) + paper).upper()
    for where in ("MARINE PARADE", "ZF1 2AB"):
        assert where not in whole
    assert not telephone_in(whole, "900123")
    with pytest.raises(NotFound), loaded.transaction() as session:
        services.download(session, life.jo, made, now=clock.now())
    with loaded.transaction() as session:
        assert services.download(session, life.steward, made, now=clock.now()).by_hand


def test_nobody_gets_a_copy_before_it_is_known_who_they_are(loaded: Database, life: Life, clock: FixedClock) -> None:
    with loaded.transaction() as session:
        request = services.write_down(
            session, life.steward, RightKind.ACCESS, AskedBy.LETTER, name="Josephine Tallis", now=clock.now()
        )
    with pytest.raises(Conflict, match="who they are"), loaded.transaction() as session:
        services.ask_package(session, life.steward, request, now=clock.now())
    with loaded.transaction() as session:
        services.show_identity(session, life.steward, request, how="Passport seen at the counter", now=clock.now())
        services.add_record(
            session,
            life.steward,
            request,
            "council-tax",
            "700000001-1",
            reason="Bill shown with the passport",
            now=clock.now(),
        )
    made = make(loaded, life, request, clock)
    said, _ = opened(loaded, made)
    assert {one["key"] for one in rows(said, "source-records")} == {"700000001-1"}
    assert rows(said, "account") == []
