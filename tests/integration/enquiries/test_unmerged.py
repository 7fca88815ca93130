"""What is filed for a customer goes with their records into a merge, and comes back with them; where it cannot be known, it is asked."""

from pathlib import Path
from uuid import UUID

import pytest

from app.customers import queries as customers
from app.customers import services as customer_services
from app.enquiries import queries, services
from app.enquiries.enums import Channel, WrapUp
from app.kernel.actors import Actor, ActorKind, Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Invalid
from app.kernel.ids import new_id
from tests.integration.customers.test_golden import ONE_TOO
from tests.support.council import Council, missed_bin
from tests.support.desk import CROWD, ONE, OTHER, golden_of
from tests.support.flowing import Sent, record_id, send

STEWARD = Actor(ActorKind.STAFF, new_id(), "Stu Ward", frozenset({Role.STEWARD}))
RIGHT = {
    ONE.name: {"date_of_birth": "12/03/1980", "postcode": "ZF1 2AB"},
    OTHER.name: {"phone": "07700 900888", "postcode": "ZF9 9ZZ"},
}


def fill(db: Database, _folder: Path, clock: FixedClock, _council: Council) -> None:
    with db.transaction() as session:
        send(session, [ONE, ONE_TOO, OTHER, *CROWD], clock.now())
    customer_services.match_all(db, clock=clock)


def merge(db: Database, clock: FixedClock) -> UUID:
    with db.transaction() as session:
        seen = customers.blast_radius(session, golden_of(db, ONE), golden_of(db, OTHER))
        return customer_services.merge(
            session, STEWARD, seen.kept_id, seen.gone_id, reason="She married", revisions=seen.revisions,
            now=clock.now(),
        ).id  # fmt: skip


def rings(db: Database, council: Council, clock: FixedClock, sent: Sent) -> str:
    """An advisor takes an enquiry for whoever has shown to be the record's person; gives its reference."""
    record = record_id(db, sent.name)
    with db.transaction() as session:
        call = services.open_contact(session, council.advisor, channel=Channel.PHONE, now=clock.now())
        customer_services.verify(
            session, council.advisor, record, RIGHT[sent.name], contact_ref=str(call.id), now=clock.now()
        )
        services.identify_caller(session, council.advisor, call.id, source_record_id=record, now=clock.now())
        made = missed_bin(session, council.advisor, now=clock.now(), contact_id=call.id, source_record_id=record)
        services.wrap_up(
            session, council.advisor, call.id, code=WrapUp.ENQUIRY_RAISED, resolved_here=False, now=clock.now()
        )
    return made.reference


def shows(db: Database, council: Council, clock: FixedClock, *records: Sent) -> UUID:
    """The resident's account has shown to stand for the person of these records."""
    account = council.resident.account_id
    assert account is not None
    with db.transaction() as session:
        for sent in records:
            made = customer_services.verify(
                session,
                council.advisor,
                record_id(db, sent.name),
                RIGHT[sent.name],
                account_id=account,
                now=clock.now(),
            )
            assert made.passed
    return account


def open_of(db: Database, sent: Sent) -> set[str]:
    """What the customer's page lists as open."""
    with db.reading() as session:
        records = customers.source_records_of_golden(session, golden_of(db, sent))
        accounts = customers.accounts_of_source_records(session, records)
        rows = queries.open_for(session, source_record_ids=records, account_ids=accounts)
    return {row.reference for row in rows}


def test_an_enquiry_goes_with_its_record_into_a_merge_and_comes_back_with_it(
    matched: Database, council: Council, clock: FixedClock
) -> None:
    before, hers = rings(matched, council, clock, ONE), rings(matched, council, clock, OTHER)
    made = merge(matched, clock)
    during = rings(matched, council, clock, OTHER)
    assert open_of(matched, ONE) == open_of(matched, OTHER) == {before, hers, during}
    with matched.transaction() as session:
        assert customers.unmerge_plan(session, made).doubts == ()
        customer_services.unmerge(session, STEWARD, made, reason="Two people", now=clock.now())
    assert open_of(matched, ONE) == {before}
    assert open_of(matched, OTHER) == {hers, during}


@pytest.mark.parametrize(
    ("whose", "ones", "others"), [("kept", True, False), ("gone", False, True), ("both", True, True)]
)
def test_whose_an_account_is_that_stands_for_both_is_asked_and_what_it_asked_goes_there(
    matched: Database, council: Council, clock: FixedClock, *, whose: str, ones: bool, others: bool
) -> None:
    made = merge(matched, clock)
    account = shows(matched, council, clock, ONE, OTHER)
    with matched.transaction() as session:
        online = missed_bin(session, council.resident, now=clock.now()).reference
        [doubt] = customers.unmerge_plan(session, made).doubts
        told = (doubt.account_id, doubt.kept_records, doubt.gone_records)
    assert told == (account, (record_id(matched, ONE.name),), (record_id(matched, OTHER.name),))
    with pytest.raises(Invalid) as asked, matched.transaction() as session:
        customer_services.unmerge(session, STEWARD, made, reason="Two people", now=clock.now())
    assert list(asked.value.errors) == ["accounts"]
    assert golden_of(matched, ONE) == golden_of(matched, OTHER)
    with matched.transaction() as session:
        customer_services.unmerge(
            session, STEWARD, made, reason="Two people", accounts={account: whose}, now=clock.now()
        )
    assert (open_of(matched, ONE) == {online}, open_of(matched, OTHER) == {online}) == (ones, others)
