"""The files of somebody's enquiries are in their copy: those that they can see; of the others it says why not."""

import io
import secrets
import tracemalloc

import pytest
from PIL import Image

from app.customers import services as customers
from app.enquiries import services as enquiries
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.rights import services
from app.rights.enclosing import safe_name
from app.rights.enums import RightKind
from tests.integration.rights.conftest import Life
from tests.integration.rights.copies import Copy, asked, copy_of, sha256

BILL = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "blue").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def with_files(loaded: Database, life: Life, clock: FixedClock) -> Database:
    """Jo has sent a picture with two enquiries and a bill; a colleague has answered with a letter and kept a note inside; one is hidden."""
    now = clock.now()
    with loaded.transaction() as session:
        for reference in (life.done.reference, life.open.reference):
            enquiries.attach(session, life.jo, reference, [("my bin.png", picture())], now=now)
        enquiries.attach(session, life.jo, life.open.reference, [("../../etc/bill.pdf", BILL)], now=now)
        advisor, reference = life.council.advisor, life.open.reference
        enquiries.attach(session, advisor, reference, [("letter.txt", b"Your bin will be emptied")], now=now)
        enquiries.attach(
            session,
            advisor,
            reference,
            [("about Barnaby Quint.txt", b"Mr Quint says otherwise")],
            internal=True,
            now=now,
        )
        (wrong,) = enquiries.attach(
            session, life.jo, reference, [("passport of Mr Ash.txt", b"Ash 123456789")], now=now
        )
        enquiries.hide_file(session, advisor, reference, wrong, reason="Sent by mistake", now=now)
    return loaded


@pytest.fixture
def copy(with_files: Database, life: Life, clock: FixedClock) -> Copy:
    return copy_of(with_files, life, asked(with_files, life, clock), clock)


def test_what_they_can_see_is_packed_and_listed_with_its_hash(copy: Copy) -> None:
    listed = [row for row in copy.rows("files") if not row["left_out"]]
    assert sorted(row["name"] for row in listed) == ["bill.pdf", "letter.txt", "my bin.png", "my bin.png"]
    for row in listed:
        assert sha256(copy.files[row["file"]]) == row["sha256"]
        assert len(copy.files[row["file"]]) == row["size"]
    assert {copy.files[row["file"]] for row in listed if row["name"] == "letter.txt"} == {b"Your bin will be emptied"}
    assert len([name for name in copy.files if name.startswith("files/")]) == 3, "the same picture is packed once"
    assert "my bin.png" in copy.paper


def test_what_is_not_packed_says_why_and_nothing_of_it_is_there(copy: Copy) -> None:
    left_out = {
        row["left_out"].partition(":")[0].partition(".")[0]: row for row in copy.rows("files") if row["left_out"]
    }
    assert set(left_out) == {"Taken out of sight", "Kept among ourselves"}
    assert all("file" not in row for row in left_out.values())
    for word in ("Ash", "passport", "Quint"):
        assert word not in copy.whole


def test_every_file_can_be_checked_against_the_list(copy: Copy) -> None:
    sums = copy.sums()
    assert set(sums) == set(copy.files) - {"SHA256SUMS.txt"}
    assert {name: sha256(copy.files[name]) for name in sums} == sums


def test_of_a_restricted_person_no_file_goes_unless_it_may_say_where_they_live(
    with_files: Database, life: Life, clock: FixedClock
) -> None:
    request = asked(with_files, life, clock)
    with with_files.transaction() as session:
        customers.restrict(session, life.steward, life.tax, reason="A refuge", now=clock.now())
    hidden = copy_of(with_files, life, request, clock, by_hand_reason="At the counter")
    assert not [name for name in hidden.files if name.startswith("files/")]
    assert sum("where you live" in (row["left_out"] or "") for row in hidden.rows("files")) == 4
    open_one = copy_of(with_files, life, request, clock, by_hand_reason="At the counter", with_address=True)
    assert len([name for name in open_one.files if name.startswith("files/")]) == 3


def test_memory_stays_flat_whatever_is_packed(loaded: Database, life: Life, clock: FixedClock) -> None:
    """Sixty megabytes of files; never more than one of them is held, with what is being written of it."""
    with loaded.transaction() as session:
        for number in range(12):
            pdf = b"%PDF-1.4\n" + secrets.token_bytes(5_000_000)
            enquiries.attach(session, life.jo, life.open.reference, [(f"{number}.pdf", pdf)], now=clock.now())
        request = services.ask(session, life.jo, RightKind.ACCESS, now=clock.now())
        services.ask_package(session, life.steward, request, now=clock.now())
    tracemalloc.start()
    services.make_waiting(loaded, clock=clock)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 45_000_000, peak


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("bill.pdf", "bill.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\CON.pdf", "CON.pdf"),
        ("a\u202egpj.exe", "a_gpj.exe"),
        ("tab\there\x00.txt", "tab_here_.txt"),
        ("...", "file"),
        ("", "file"),
        ("Zoë’s bin.png", "Zoë_s bin.png"),
        ("x" * 300 + ".pdf", "x" * 80 + ".pdf"),
        ("[about somebody else].txt", "_about somebody else_.txt"),
    ],
)
def test_names_can_be_written_everywhere(given: str, kept: str) -> None:
    assert safe_name(given).lstrip("_") == kept.lstrip("_")
