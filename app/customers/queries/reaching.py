"""Where the person of a source record is written to."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.customers.queries.people import people
from app.customers.queries.verifications import accounts_of_source_records
from app.customers.rows.addressee import Addressee


def reach(session: Session, source_record_id: UUID) -> Addressee:
    """In their account, if one has shown to be theirs, else as the record has it.

    Nowhere, if the record is restricted: whoever reads that address may be whom they are protected from.
    """
    found = people(session, [source_record_id]).get(source_record_id)
    if found is None or found.restricted:
        return Addressee()
    for account_id in accounts_of_source_records(session, [source_record_id]):
        account = accounts.account(session, account_id)
        if account.active and account.email:
            return Addressee(account.name, account.email, account.locale, account.id)
    return Addressee(found.name, found.email)
