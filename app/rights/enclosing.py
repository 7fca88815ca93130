"""The files that go with a copy: where each stands in the ZIP, and what stands in the list of checksums."""

import hashlib
import re
import unicodedata
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from app.kernel.i18n import N_
from app.kernel.personal import Encloser, Row

FOLDER = "files"
LONGEST = 80
MEGABYTE = 1 << 20
BY_HAND = N_("It could say where you live. Ask us, and a person looks it through with you")
PRESSED = frozenset({"jpeg", "jpg", "png", "webp", "pdf"})
"""What is small already: pressing it again costs time and saves nothing."""


@dataclass
class Enclosures:
    """Collects, row by row, which files go with a copy. A file that two enquiries have is packed once. `without`: none is packed."""

    without: bool = False
    files: dict[str, tuple[str, Encloser]] = field(default_factory=dict)

    def placed(self, row: Row, encloser: Encloser) -> dict[str, Any]:
        """The row with the path of its file, or with the reason for which it is not there."""
        said = dict(row)
        if self.without and not said.get("left_out"):
            said["left_out"] = BY_HAND
        if not said.get("left_out"):
            digest = str(said["sha256"])
            name = f"{FOLDER}/{len(self.files) + 1:04d}-{safe_name(str(said['name']))}"
            said["file"], _ = self.files.setdefault(digest, (name, encloser))
        return said

    def pack(self, session: Session, archive: zipfile.ZipFile) -> None:
        """One file after the other, so that never more than one is in memory."""
        for digest, (name, encloser) in self.files.items():
            add(archive, name, encloser(session, digest))

    def checksums(self, others: Mapping[str, str]) -> str:
        """As `sha256sum --check` reads them."""
        said = {**others, **{name: digest for digest, (name, _) in self.files.items()}}
        return "".join(f"{digest}  {name}\n" for name, digest in said.items())


def add(archive: zipfile.ZipFile, name: str, content: bytes) -> str:
    """A file of the archive, in pieces; gives its SHA-256."""
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_STORED if name.rpartition(".")[2].lower() in PRESSED else zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    with archive.open(entry, "w") as file:
        for start in range(0, len(content), MEGABYTE):
            file.write(content[start : start + MEGABYTE])
    return hashlib.sha256(content).hexdigest()


def safe_name(name: str) -> str:
    """A name that every system can write: no path, no control or turning characters, not longer than it needs to be."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = re.sub(r"[^\w.\- ]+", "_", plain).strip(" ._")
    stem, dot, ending = kept.rpartition(".")
    return f"{stem[:LONGEST]}{dot}{ending[:10]}" if stem else kept[:LONGEST] or "file"
