"""By what a copy was gathered: said in the copy itself, so that whoever reads it knows what it cannot hold."""

from typing import Any

from sqlalchemy.orm import Session

from app.kernel.events import provided
from app.kernel.i18n import N_
from app.kernel.personal import PersonalData, Subject
from app.rights.models import RightsRequest
from app.rights.queries.requests import records_of

NOT_SEARCHED = N_(
    "We have not searched by name, date of birth or address alone, nor by an address or number that nobody has shown to be yours, nor "
    "what our systems only take to be you: any of these may be somebody else. If something is missing, tell us how we can find it."
)
_ACCOUNT = N_("Everything that is filed under it, and what was done in it")
_RECORD = N_("Every version of it, what is filed under it, and what others have asked for you by it")
_NO_ACCOUNT = N_("None was shown to be yours")


def searched(session: Session, request: RightsRequest, subject: Subject) -> list[dict[str, Any]]:
    """The account, each record, and what the rooms say that they have looked for besides."""
    said: list[dict[str, Any]] = [
        {"by": N_("account"), "how": _ACCOUNT if request.account_id else _NO_ACCOUNT},
        *(
            {"by": N_("record"), "value": f"{line.source_name}, {line.source_key}", "how": _RECORD}
            for line in records_of(session, request.id)
            if line.there
        ),
    ]
    return [*said, *(dict(row) for row in provided(session, PersonalData).searched(session, subject))]
