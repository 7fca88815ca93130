"""How many records one customer may come to by itself, as a steward sees it."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.customers.enums import CustomerKind
from app.customers.matching.limits import read_limits
from app.customers.matching.parameters import current_parameters
from app.customers.models import GoldenRecord, MatchLimits
from app.customers.rows import LimitsNow, LimitsRow
from app.kernel.paging import Page, PageRequest, fetch_page
from mdm.steady import Recipe


def match_limits(session: Session) -> LimitsNow:
    """What is set, what is in effect, and how large customers are."""
    held, by = read_limits(session), current_parameters(session)
    recipe = by.recipe if by else Recipe()
    sizes = {
        row[0]: row[1]
        for row in session.execute(
            select(GoldenRecord.kind, func.max(GoldenRecord.size)).where(GoldenRecord.live).group_by(GoldenRecord.kind)
        )
    }
    return LimitsNow(
        number=held.number,
        people=held.people,
        organisations=held.organisations,
        people_in_effect=recipe.most_records,
        organisations_in_effect=recipe.most_of_organisation,
        largest_person=sizes.get(CustomerKind.PERSON, 0),
        largest_organisation=sizes.get(CustomerKind.ORGANISATION, 0),
    )


def limits_history(session: Session, wanted: PageRequest) -> Page[LimitsRow]:
    """Every version that was set, the latest first."""
    found = fetch_page(session, select(MatchLimits).order_by(MatchLimits.number.desc()), wanted)
    rows = tuple(
        LimitsRow(
            one.number, one.people, one.organisations, one.reason, one.made_at, one.made_by, one.applied_at
        )
        for one in found.items
    )  # fmt: skip
    return Page(rows, found.total, found.number, found.size)
