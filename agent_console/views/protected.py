"""Restricted records that were opened: by whom, when, for which reason. Whoever is told of an opening reads it here."""

from flask import Blueprint, render_template

from app.accounts.policy import Permission
from app.audit import queries as audit
from app.web import paging
from app.web.access import staff
from app.web.context import reading

bp = Blueprint("console_protected", __name__, url_prefix="/console/protected")
OPENED = "record.opened_restricted"


@bp.get("")
@staff(Permission.CUSTOMERS_RESTRICTED, Permission.AUDIT_VIEW)
def listing() -> str:
    """The latest first. Whose record it was stands behind the link, for those who may open it, for a reason again."""
    with reading() as session:
        page = audit.search(session, paging.wanted(25), action=OPENED)
    return render_template("agent_console/protected.html", page=page)
