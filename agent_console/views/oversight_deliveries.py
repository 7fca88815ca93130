"""What did not arrive: sent once more, or explained; and every list of the desk to take away."""

from flask import Blueprint, Response, redirect, url_for
from sqlalchemy.orm import Session

from agent_console import exports
from agent_console.forms.oversight import ExplainForm
from agent_console.views.oversight import SORTS, Answer, act, done, monitor
from agent_console.views.oversight_places import filters
from app.enquiries.rows import EnquiryRow
from app.kernel.errors import NotFound
from app.kernel.sheets import Cell
from app.oversight import queries, services
from app.oversight.enums import DeskList, DeskSort
from app.oversight.rows import DeskRow
from app.web import notices, paging
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext, ngettext

bp = Blueprint("console_deliveries", __name__, url_prefix="/console/oversight")
MOST = 10_000


@bp.post("/enquiries/<reference>/send-again")
@act
def send_again(reference: str) -> Answer:
    """Everything about it that is stuck, at once."""
    with transaction() as session:
        count = services.send_again(session, actor(), reference, now=now())
    notices.success(ngettext("%(num)d delivery is tried again now", "%(num)d deliveries are tried again now", count))
    return redirect(url_for("console_oversight.stuck", reference=reference), 303)


@bp.post("/enquiries/<reference>/explain-delivery")
@act
def explain(reference: str) -> Answer:
    """It need not arrive, for a reason."""
    form = ExplainForm(prefix="explain-")

    def work(session: Session) -> EnquiryRow:
        return services.explain_delivery(
            session, actor(), reference, text=form.text.data, version=form.seen(), now=now()
        )

    return done(reference, form, work, "What did not arrive is explained.")


@bp.get("/lists/<name>/export.<form>")
@monitor
def export(name: str, form: str) -> Response:
    """A list as a file, narrowed and sorted as on the screen: where each is and has been, and nobody's name who asked."""
    if name not in set(DeskList):
        raise NotFound
    sort, descending = paging.order(SORTS, DeskSort.SINCE.value)
    with reading() as session:
        rows = queries.whole(
            session, DeskList(name), limits=queries.limits(session), now=now(), most=MOST, filters=filters(),
            sort=SORTS[sort], descending=descending,
        )  # fmt: skip
    headings = [
        gettext("Reference"), gettext("Service"), gettext("Channel"), gettext("State"), gettext("Queue"), gettext("Unit"),
        gettext("Owner"), gettext("Received"), gettext("Promised"), gettext("Waiting since"), gettext("Last worked on"),
        gettext("Customer last heard"), gettext("Note"), gettext("Where it has been"),
    ]  # fmt: skip
    return exports.table(form, f"desk-{name}", headings, [_cells(row) for row in rows])


def _cells(row: DeskRow) -> list[Cell]:
    days = (row.received_at, row.promised_at, row.since, row.human_action_at, row.customer_contact_at)
    return [
        row.reference, gettext(row.service_name), gettext(row.channel.label), gettext(row.state.label), row.queue_name,
        gettext(row.unit_name), row.owner_name, *(day.date().isoformat() for day in days),
        gettext(row.note) if row.note else "", " → ".join(row.been),
    ]  # fmt: skip
