"""Another system asks how an enquiry stands and adds files to it; another's enquiry is not there."""

import io
from base64 import b64encode
from collections.abc import Callable

from PIL import Image

from app.handoffs.rows import HandoffRow
from tests.integration.api.conftest import System
from tests.support.council import MISSED_BIN

NEW = {"service": "missed-bin", "answers": MISSED_BIN, "raiser": {"name": "Jo", "email": "jo@example.com"}}


def picture() -> str:
    out = io.BytesIO()
    Image.new("RGB", (20, 10), "green").save(out, "PNG")
    return b64encode(out.getvalue()).decode()


def test_the_system_that_raised_it_sees_how_it_stands_and_adds_a_file(waste: System) -> None:
    reference = waste.post("/enquiries", NEW).json["reference"]
    at = f"/enquiries/{reference}"
    added = waste.post(f"{at}/files", {"name": "gate.exe", "content": picture()}, Idempotency_Key="one")
    assert added.status_code == 201
    assert [file["name"] for file in added.json["files"]] == ["gate.png"], "named by what it is"
    assert (
        waste.post(f"{at}/files", {"name": "gate.exe", "content": picture()}, Idempotency_Key="one").json == added.json
    )
    shown = waste.get(at).json
    assert (shown["reference"], shown["state"], shown["status"], len(shown["files"])) == (
        reference,
        "triage",
        "received",
        1,
    )
    got = waste.get(f"{at}/files/{shown['files'][0]['id']}")
    assert got.data.startswith(b"\x89PNG")
    assert got.headers["Content-Security-Policy"].startswith("sandbox")


def test_what_is_no_file_of_ours_is_refused(waste: System) -> None:
    at = f"/enquiries/{waste.post('/enquiries', NEW).json['reference']}/files"
    for content in ("not base64!", b64encode(b"MZ\x00\x00" * 20).decode(), ""):
        refused = waste.post(at, {"name": "x.png", "content": content})
        assert (refused.status_code, refused.content_type) == (422, "application/problem+json")


def test_anothers_enquiry_is_not_there(system: Callable[..., System], offered: HandoffRow) -> None:
    highways = system("highways")
    assert highways.get(f"/enquiries/{offered.reference}").status_code == 404
    assert (
        highways.post(f"/enquiries/{offered.reference}/files", {"name": "x", "content": picture()}).status_code == 404
    )
