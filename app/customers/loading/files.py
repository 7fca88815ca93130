"""Files that people give us, kept in the database until they are loaded: whichever worker takes the load up has them."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.customers.models import SourceFile, SourceFileChunk
from app.kernel.actors import Actor
from app.kernel.db import Database
from app.kernel.ids import new_id

CHUNK = 1 << 20


def keep_file(session: Session, actor: Actor, name: str, stream: BinaryIO, *, now: datetime) -> SourceFile:
    """Take a file in, a megabyte at a time."""
    digest, size = hashlib.sha256(), 0
    file = SourceFile(
        id=new_id(), name=_plain_name(name), sha256="", size=0, received_at=now, actor_id=actor.account_id
    )
    session.add(file)
    session.flush()
    number = 0
    while block := stream.read(CHUNK):
        digest.update(block)
        size += len(block)
        session.execute(insert(SourceFileChunk).values(file_id=file.id, number=number, content=block))
        number += 1
    file.sha256, file.size = digest.hexdigest(), size
    session.flush()
    return file


@contextmanager
def on_disk(database: Database, file_id: UUID) -> Iterator[Path]:
    """The file under its name in a folder of its own, for as long as the block runs."""
    with TemporaryDirectory(prefix="firstpoint-") as folder:
        with database.reading() as session:
            path = write_out(session, file_id, Path(folder))
        yield path


def write_out(session: Session, file_id: UUID, folder: Path) -> Path:
    """Write the file into a folder, never holding more of it than a megabyte."""
    path = folder / session.get_one(SourceFile, file_id).name
    chunks = select(SourceFileChunk.content).where(SourceFileChunk.file_id == file_id).order_by(SourceFileChunk.number)
    with path.open("wb") as out:
        for block in session.scalars(chunks.execution_options(yield_per=1)):
            out.write(block)
    return path


def _plain_name(name: str) -> str:
    """The last part of a name, whatever system wrote it."""
    last = name.replace("\\", "/").rpartition("/")[2].strip()
    kept = "".join(letter if letter.isprintable() and letter not in '"<>|:*?' else "_" for letter in last)
    return kept.lstrip(".")[-200:] or "file"
