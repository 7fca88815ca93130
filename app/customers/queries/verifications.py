"""What can be asked to verify somebody, and what has been shown."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from app.customers.layout import Layout
from app.customers.loading.register import registered_layouts
from app.customers.models import Link, SourceRecord, SourceSystem, Verification
from app.customers.queries.golden import resolve
from app.customers.rows import Question, SourceRow, VerificationQuestions, VerificationRow
from app.customers.verification_policy import askable, question

_STANDS = and_(Verification.passed, Verification.revoked_at.is_(None))


def proof_questions(session: Session, slug: str) -> tuple[Question, ...]:
    """What a resident must answer to show that they are the person of one of the source's records; empty if nobody can."""
    layout = registered_layouts(session).get(slug)
    return tuple(question(code) for code in layout.proof_codes) if layout else ()


def questions_for(
    session: Session, *, golden_id: UUID | None = None, source_record_id: UUID | None = None
) -> list[VerificationQuestions]:
    """For each source record of a customer (or for one), the questions that can be asked against it, most telling source first."""
    query = select(SourceRecord, SourceSystem.slug, SourceSystem.name).join(
        SourceSystem, SourceSystem.id == SourceRecord.source_id
    )
    if source_record_id is not None:
        query = query.where(SourceRecord.id == source_record_id)
    elif golden_id is not None:
        query = query.join(Link, Link.source_record_id == SourceRecord.id)
        query = query.where(Link.golden_id == resolve(session, golden_id))
    else:
        return []
    layouts = registered_layouts(session)
    found = [
        VerificationQuestions(
            record.id, name, record.key, tuple(askable(record.attributes, _key_question(layouts, slug)))
        )
        for record, slug, name in session.execute(query.order_by(SourceSystem.slug, SourceRecord.key))
    ]
    return sorted(found, key=lambda one: (-len(one.questions), one.source_name, one.source_key))


def provable_sources(session: Session) -> list[SourceRow]:
    """Sources whose records a resident can prove to be theirs."""
    provable = [slug for slug, layout in registered_layouts(session).items() if layout.proof]
    query = select(SourceSystem).where(SourceSystem.slug.in_(provable)).order_by(SourceSystem.name, SourceSystem.id)
    return [SourceRow(one.id, one.slug, one.name, one.unit_name) for one in session.scalars(query)]


def granted_source_records(session: Session, account_id: UUID) -> list[UUID]:
    """The source records whose person the account's holder has shown to be."""
    query = (
        select(Verification.source_record_id)
        .where(Verification.account_id == account_id, _STANDS, Verification.source_record_id.is_not(None))
        .distinct()
        .order_by(Verification.source_record_id)
    )
    return [record for record in session.scalars(query) if record is not None]


def account_of_source_record(session: Session, source_record_id: UUID) -> list[UUID]:
    """The accounts whose holders have shown to be the record's person."""
    return accounts_of_source_records(session, [source_record_id])


def accounts_of_source_records(session: Session, ids: Iterable[UUID]) -> list[UUID]:
    """The accounts whose holders have shown to be the person of any of these records."""
    query = (
        select(Verification.account_id)
        .where(Verification.source_record_id.in_(list(ids)), _STANDS, Verification.account_id.is_not(None))
        .distinct()
        .order_by(Verification.account_id)
    )
    return [account for account in session.scalars(query) if account is not None]


def verifications_of(
    session: Session, *, golden_id: UUID | None = None, contact_ref: str | None = None
) -> list[VerificationRow]:
    """Attempts against a customer's records, or within one contact, the latest first."""
    query = _rows().order_by(Verification.at.desc(), Verification.id.desc())
    if golden_id is not None:
        query = query.join(Link, Link.source_record_id == Verification.source_record_id)
        query = query.where(Link.golden_id == resolve(session, golden_id))
    if contact_ref is not None:
        query = query.where(Verification.contact_ref == contact_ref)
    if golden_id is None and contact_ref is None:
        return []
    return [_row(made, slug, name, key) for made, slug, name, key in session.execute(query)]


def verification_row(session: Session, verification_id: UUID) -> VerificationRow:
    """One attempt."""
    made, slug, name, key = session.execute(_rows().where(Verification.id == verification_id)).one()
    return _row(made, slug, name, key)


def _rows() -> Select[Verification, str, str, str]:
    return (
        select(Verification, SourceSystem.slug, SourceSystem.name, SourceRecord.key)
        .join(SourceSystem, SourceSystem.id == Verification.source_id)
        .outerjoin(SourceRecord, SourceRecord.id == Verification.source_record_id)
    )


def _row(made: Verification, slug: str, source_name: str, key: str | None) -> VerificationRow:
    return VerificationRow(
        made.id,
        made.at,
        made.passed,
        made.source_record_id,
        slug,
        source_name,
        key or "",
        tuple(made.asked),
        made.account_id,
        made.contact_ref,
        made.actor_name,
    )


def _key_question(layouts: Mapping[str, Layout], slug: str) -> str | None:
    layout = layouts.get(slug)
    return str(layout.proof["key"]) if layout and layout.proof else None
