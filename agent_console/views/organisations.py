"""Every organisation that we know of, in a list to be searched, sorted and taken away."""

from flask import Blueprint, Response, render_template, request

from agent_console import exports
from agent_console.wording_customers import PURPOSES
from app.accounts.policy import Permission
from app.customers import queries, services
from app.customers.rows import OrganisationLine
from app.enquiries import queries as enquiries
from app.kernel.sheets import Cell
from app.web import paging
from app.web.access import staff
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext

bp = Blueprint("console_organisations", __name__, url_prefix="/console/customers")
MOST = 50_000


@bp.get("/organisations")
@staff(Permission.CUSTOMERS_VIEW)
def listing() -> str:
    """A page of them, with who acts for each, where it is known from and how much is open."""
    sort, descending = _order()
    with reading() as session:
        page = queries.organisations(
            session, paging.wanted(), search=_search(), order=sort, descending=descending, now=now()
        )
        open_counts = enquiries.open_counts(session, [row.golden_id for row in page.items])
    return render_template(
        "agent_console/organisations.html",
        page=page,
        search=_search(),
        sort=sort,
        descending=descending,
        open_counts=open_counts,
        purpose=_purpose(),
    )


@bp.get("/organisations.<form>")
@staff(Permission.CUSTOMERS_VIEW)
def export(form: str) -> Response:
    """The same to take away, as far as fifty thousand. Who did is written down."""
    sort, descending = _order()
    with transaction() as session:
        rows = services.export_organisations(
            session, actor(), search=_search(), order=sort, descending=descending, most=MOST, now=now()
        )
        open_counts = enquiries.open_counts(session, [row.golden_id for row in rows])
        cells = [_cells(row, open_counts.get(row.golden_id, 0)) for row in rows]
        return exports.table(form, "organisations", _headings(), cells)


def _headings() -> list[str]:
    return [
        gettext("Name"), gettext("Address"), gettext("Company number"), gettext("People who act for it"), gettext("Sources"), gettext("Records"),
        gettext("Open enquiries"),
    ]  # fmt: skip


def _cells(row: OrganisationLine, open_now: int) -> list[Cell]:
    sources = ", ".join(gettext(name) for name in row.sources)
    return [row.name, row.address, ", ".join(row.numbers), row.people, sources, row.records, open_now]


def _order() -> tuple[str, bool]:
    return paging.order(dict.fromkeys(queries.ORGANISATION_ORDERS), "name")


def _search() -> str:
    return request.args.get("search", "").strip()[:200]


def _purpose() -> str:
    asked = request.args.get("purpose", "")
    return asked if asked in PURPOSES else "enquiry"
