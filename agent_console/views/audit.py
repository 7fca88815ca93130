"""The audit trail: who did what, and who looked at whom, for administrators and monitors. It can be read and never changed."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from flask import Blueprint, render_template, request

from app.accounts.policy import Permission, may
from app.audit import queries
from app.kernel.clock import LONDON
from app.web import paging
from app.web.access import staff
from app.web.context import actor, reading

bp = Blueprint("console_audit", __name__, url_prefix="/console/audit")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of the address. What cannot be understood filters nothing."""

    who: str
    person: UUID | None
    action: str
    day: date | None
    about: tuple[str, UUID] | None

    @classmethod
    def read(cls) -> "Asked":
        given = request.args
        kind, _, key = given.get("about", "").partition(":")
        about_id = _uuid(key)
        return cls(
            who=given.get("who", "").replace("\x00", "").strip(),
            person=_uuid(given.get("person", "")),
            action=given.get("action", "").replace("\x00", ""),
            day=_day(given.get("day", "")),
            about=(kind, about_id) if kind.isidentifier() and about_id else None,
        )


@bp.get("")
@staff(Permission.AUDIT_VIEW)
def listing() -> str:
    """The trail, newest first, by person, action, thing and day."""
    asked = Asked.read()
    since = datetime.combine(asked.day, time.min, LONDON) if asked.day else None
    until = datetime.combine(asked.day + ONE_DAY, time.min, LONDON) if asked.day else None
    with reading() as session:
        page = queries.search(
            session,
            paging.wanted(),
            actor_id=asked.person,
            actor_name=asked.who or None,
            action=asked.action or None,
            about=asked.about,
            since=since,
            until=until,
        )
        known = queries.actions(session)
    manages = may(actor(), Permission.USERS_MANAGE)
    return render_template("agent_console/audit.html", page=page, asked=asked, actions=known, manages=manages)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date(1900, 1, 1) < day < date(9000, 1, 1) else None
