"""Who gets a bulletin: each customer once, at the address of their earliest subscription that can be reached.

By golden record as it stands now, so a merge and an unmerge count at once; written only to an address of the one who subscribed.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Select, and_, case, exists, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.accounts.enums import AccountStatus
from app.accounts.models import Account
from app.customers.models import GoldenRecord, Link, SourceRecord, Verification
from app.notifications.enums import Channel
from app.notifications.models import SuppressedAddress
from app.subscriptions.enums import Missing, SubscriptionState
from app.subscriptions.models import Bulletin, BulletinRecipient, Subscription
from app.subscriptions.rows import Audience, Recipient

_STANDS = and_(Verification.passed, Verification.revoked_at.is_(None))


def audience(session: Session, bulletin: Bulletin) -> Audience:
    """Whom it would reach if it went now to those who have not had it."""
    customers = _customers(bulletin, until=None).subquery()
    query = (
        select(customers.c.channel, customers.c.missing, func.count())
        .group_by(customers.c.channel, customers.c.missing)
        .order_by(customers.c.channel, customers.c.missing)
    )
    rows = session.execute(query).all()
    reached = {channel: 0 for channel, _, _ in rows}
    missing: dict[Missing, int] = {}
    for channel, why, count in rows:
        if why:
            missing[Missing(why)] = missing.get(Missing(why), 0) + count
        else:
            reached[channel] += count
    return Audience(
        tuple((Channel(one), reached[one]) for one in sorted(reached) if reached[one]), tuple(sorted(missing.items()))
    )


def next_recipients(session: Session, bulletin: Bulletin, *, until: datetime, most: int) -> tuple[Recipient, ...]:
    """The next that can be reached, those who have followed longest first."""
    customers = _customers(bulletin, until=until).subquery()
    query = (
        select(*(customers.c[name] for name in Recipient.__slots__))
        .where(customers.c.missing == "")
        .order_by(customers.c.since, customers.c.subscription_id)
    )
    return tuple(Recipient(*row) for row in session.execute(query.limit(most)))


def moved_since(session: Session, bulletin: Bulletin) -> tuple[UUID, ...]:
    """Subscriptions by which it went, and which belong to another customer now than then: merged or unmerged meanwhile."""
    every = _every(bulletin, None)
    moved = and_(every.c.had, every.c.had_as.not_in([every.c.customer_key, every.c.subscription_id]))
    return tuple(session.scalars(select(every.c.subscription_id).where(moved).order_by(every.c.subscription_id)))


def _customers(bulletin: Bulletin, *, until: datetime | None) -> Select[*tuple[object, ...]]:
    """One row for each customer who follows and has not had it; of several subscriptions the earliest that can be reached."""
    every = _every(bulletin, until)
    had = func.bool_or(every.c.had).over(partition_by=every.c.customer_key)
    marked = select(every, had.label("customer_had")).cte("marked")
    return (
        select(marked)
        .where(marked.c.wanted, ~marked.c.customer_had)
        .ext(distinct_on(marked.c.customer_key))
        .order_by(marked.c.customer_key, marked.c.missing != "", marked.c.since, marked.c.subscription_id)
    )


def _every(bulletin: Bulletin, until: datetime | None) -> CTE:
    """Each subscription that wants it, and each by which it went already, with its customer and its address."""
    s, r, account, grant = Subscription, BulletinRecipient, Account, _grant().lateral("grant_account")
    golden = select(_golden_of_account().label("id")).lateral("golden_of_account")
    wanted = and_(s.state == SubscriptionState.ACTIVE, _wants(bulletin), s.since <= until if until else true())
    hidden = or_(func.coalesce(SourceRecord.restricted, False), func.coalesce(GoldenRecord.restricted, False))
    open_account = func.coalesce(account.status == AccountStatus.ACTIVE, False)
    email = case(
        (s.account_id.is_not(None), func.coalesce(account.email, "")),
        else_=func.coalesce(grant.c.email, SourceRecord.attributes["email"].astext, ""),
    )
    suppressed = exists().where(SuppressedAddress.address == func.lower(func.btrim(email)))
    missing = case(
        (and_(s.source_record_id.is_not(None), hidden), literal(Missing.RESTRICTED.value)),
        (and_(s.account_id.is_not(None), ~open_account), literal(Missing.CLOSED.value)),
        (func.btrim(email) == "", literal(Missing.NO_ADDRESS.value)),
        (suppressed, literal(Missing.SUPPRESSED.value)),
        else_=literal(""),
    )
    return (
        select(
            s.id.label("subscription_id"),
            func.coalesce(Link.golden_id, golden.c.id, s.source_record_id, s.account_id, s.id).label("customer_key"),
            s.channel, s.since, s.source_record_id, func.coalesce(s.account_id, grant.c.id).label("account_id"),
            func.coalesce(account.name, grant.c.name, "").label("name"), func.btrim(email).label("email"),
            func.coalesce(account.locale, grant.c.locale, "en").label("locale"), missing.label("missing"),
            wanted.label("wanted"), r.id.is_not(None).label("had"), r.customer_key.label("had_as"),
        )
        .outerjoin(r, and_(r.subscription_id == s.id, r.bulletin_id == bulletin.id))
        .outerjoin(SourceRecord, SourceRecord.id == s.source_record_id)
        .outerjoin(Link, Link.source_record_id == s.source_record_id)
        .outerjoin(GoldenRecord, GoldenRecord.id == Link.golden_id)
        .outerjoin(account, account.id == s.account_id)
        .outerjoin(grant, true())
        .outerjoin(golden, true())
        .where(s.topic_id == bulletin.topic_id, or_(wanted, r.id.is_not(None)))
        .cte("every_one")
    )  # fmt: skip


def _grant() -> Select[*tuple[object, ...]]:
    """The account whose holder has shown to be the record's person: where `customers.reach` would write to."""
    return (
        select(Account.id, Account.name, Account.email, Account.locale)
        .join(Verification, Verification.account_id == Account.id)
        .where(Verification.source_record_id == Subscription.source_record_id, _STANDS)
        .where(Account.status == AccountStatus.ACTIVE, Account.email.is_not(None))
        .order_by(Account.id)
        .limit(1)
        .correlate(Subscription)
    )


def _golden_of_account() -> ColumnElement[UUID]:
    """The customer of the first record that the account's holder has shown to be theirs."""
    return (
        select(Link.golden_id)
        .join(Verification, Verification.source_record_id == Link.source_record_id)
        .where(Verification.account_id == Subscription.account_id, _STANDS)
        .order_by(Verification.at, Verification.id)
        .limit(1)
        .correlate(Subscription)
        .scalar_subquery()
    )


def _wants(bulletin: Bulletin) -> ColumnElement[bool]:
    """Those without an area want every bulletin of the topic; those with one what is for everywhere or for theirs."""
    if not bulletin.areas:
        return true()
    return or_(Subscription.area == "", Subscription.area.in_(bulletin.areas))
