"""Copies of people's data, and their bytes a megabyte at a time."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.db import Database
from app.kernel.errors import NotFound
from app.rights.models import AccessPackage, AccessPackagePart
from app.rights.rows import PackageRow


def packages_of(session: Session, request_id: UUID) -> tuple[PackageRow, ...]:
    """The copies of one request, the latest first."""
    query = select(AccessPackage).where(AccessPackage.request_id == request_id)
    return tuple(
        package_row(one)
        for one in session.scalars(query.order_by(AccessPackage.asked_at.desc(), AccessPackage.id.desc()))
    )


def package(session: Session, package_id: UUID) -> PackageRow:
    """Raises NotFound."""
    found = session.get(AccessPackage, package_id)
    if found is None:
        raise NotFound
    return package_row(found)


def package_bytes(database: Database, package_id: UUID) -> Iterator[bytes]:
    """The file, part by part: memory stays flat whatever its size."""
    number = 0
    while True:
        with database.reading() as session:
            part = session.scalar(
                select(AccessPackagePart.content).where(
                    AccessPackagePart.package_id == package_id, AccessPackagePart.number == number
                )
            )
        if part is None:
            return
        yield bytes(part)
        number += 1


def package_row(one: AccessPackage) -> PackageRow:
    return PackageRow(
        one.id, one.request_id, one.state, one.by_hand, one.with_address, one.asked_at, one.ready_at, one.expires_at, one.size, one.sha256,
        one.downloads, one.progress.get("done", 0), one.progress.get("of", 0), sum(one.counts.values()),
    )  # fmt: skip
