"""Where people and systems work: administrators put them into units and take them out."""

from uuid import UUID

from flask import Blueprint
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.users import JoinForm
from agent_console.views.trying import attempt
from agent_console.views.users import administrator, done, looked_after, show
from app.organisation import queries, services
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext

bp = Blueprint("memberships", __name__, url_prefix="/console/users")


@bp.post("/<uuid:account_id>/units")
@administrator
def join(account_id: UUID) -> Response | tuple[str, int]:
    """Into this unit too: its queues and the work offered to it are theirs to take."""
    with reading() as session:
        looked_after(session, account_id)
        form = JoinForm.offering(queries.units(session), queries.units_of(session, account_id))

    def work(session: Session) -> bool:
        services.add_member(session, actor(), account_id, form.unit.data, now=now())
        return True

    if not attempt(form, work):
        return show(account_id, joining=form), 422
    return done(account_id, gettext("The account works in this unit now."))


@bp.post("/<uuid:account_id>/units/<slug>/leave")
@administrator
def leave(account_id: UUID, slug: str) -> Response:
    """Out of this unit, unless nobody else reads its queues."""
    with transaction() as session:
        looked_after(session, account_id)
        services.remove_member(session, actor(), account_id, slug, now=now())
    return done(account_id, gettext("The account works in this unit no more."))
