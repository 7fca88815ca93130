"""A copy of somebody's data as whoever gets it finds it: the ZIP opened, the JSON and the paper read."""

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pypdf import PdfReader

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.rights import queries, services
from app.rights.enums import RightKind
from tests.integration.rights.conftest import Life


@dataclass(frozen=True)
class Copy:
    """`files`: path in the ZIP → its bytes."""

    said: dict[str, Any]
    paper: str
    files: dict[str, bytes]
    size: int

    def rows(self, name: str) -> list[dict[str, Any]]:
        return next(one["rows"] for one in self.said["classes"] if one["class"] == name)

    @property
    def whole(self) -> str:
        """Everything that can be read in it."""
        written = b"\n".join(content for name, content in self.files.items() if name.startswith("files/"))
        return json.dumps(self.said, ensure_ascii=False) + self.paper + written.decode(errors="replace")

    def sums(self) -> dict[str, str]:
        """Path → SHA-256, as the list in the ZIP says."""
        lines = self.files["SHA256SUMS.txt"].decode().splitlines()
        return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def asked(db: Database, life: Life, clock: FixedClock) -> UUID:
    with db.transaction() as session:
        return services.ask(session, life.jo, RightKind.ACCESS, now=clock.now())


def copy_of(db: Database, life: Life, request: UUID, clock: FixedClock, **said: Any) -> Copy:
    """Put together and opened."""
    with db.transaction() as session:
        made = services.ask_package(session, life.steward, request, now=clock.now(), **said)
    services.make_waiting(db, clock=clock)
    packed = b"".join(queries.package_bytes(db, made))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name) for name in archive.namelist()}
    pages = PdfReader(io.BytesIO(files["your-data.pdf"])).pages
    paper = "\n".join(page.extract_text() for page in pages)
    return Copy(json.loads(files["your-data.json"]), paper, files, len(packed))
