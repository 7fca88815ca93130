"""The certificate of an erasure on paper: what class, how many erased, how many kept and why. No personal data."""

from collections.abc import Mapping
from typing import Any

from app.kernel.pdf import pdf
from app.kernel.personal import Why

TEMPLATE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: "Certificate of erasure " + data.number)
#set text(size: 10pt, lang: "en")
#set page(margin: 2cm, footer: [#set text(size: 8pt); SHA-256 #data.sha256])
= Certificate of erasure #data.number

Request #data.request. Begun #data.begun, finished #data.finished.

The person is not named. This installation recognises them by the keyed hash
#text(size: 8pt, raw(data.subject)).

#table(columns: (1fr, auto, 1fr), inset: 6pt,
  table.header([*Class of records*], [*Erased*], [*Kept, and why*]),
  ..data.classes.map(one => (one.title, one.erased, one.kept)).flatten())

What was erased does not come back: a record that its source sends again is turned away at the door.
"""


def certificate(facts: Mapping[str, Any], sha256: str) -> bytes:
    """The PDF of these facts."""
    return pdf(TEMPLATE, {
        "number": str(facts["number"]), "request": facts["request"], "begun": facts["begun"][:16].replace("T", " "),
        "finished": facts["finished"][:16].replace("T", " "), "subject": facts["subject"], "sha256": sha256,
        "classes": [
            {"title": one["title"], "erased": str(one["erased"]), "kept": _kept(one["kept"])} for one in facts["classes"]
        ],
    })  # fmt: skip


def _kept(kept: Mapping[str, int]) -> str:
    return "; ".join(f"{count}: {Why(reason).label}" for reason, count in sorted(kept.items())) or "none"
