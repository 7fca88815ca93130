"""What the people of the demo council can do and may decide, and the first lines of its routing table."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.enquiries.enums import Channel
from app.kernel.actors import SYSTEM
from app.kernel.clock import LONDON
from app.organisation import services as organisation
from app.organisation.enums import Authority, Language
from app.routing import services as routing
from app.routing.enums import AreaKind
from app.routing.services import RuleCard

SKILLS = {
    "Council tax": ("revenues", "revenues2", "advisor2"), "Blue badges": ("care", "advisor3"), "Bulky waste": ("officer", "officer2"),
    "Difficult conversations": ("leader", "complaints"),
}  # fmt: skip
LANGUAGES = {
    "advisor2": [Language.WELSH], "advisor3": [Language.FRENCH], "leader": [Language.SPANISH, Language.FRENCH],
    "officer2": [Language.FRENCH],
}  # fmt: skip
AUTHORITIES: dict[str, dict[Authority, int | None]] = {
    "leader": {Authority.APPROVE_URGENT: None, Authority.CHANGE_PROMISE: None},
    "monitor": {Authority.APPROVE_URGENT: None},
    "revenues": {Authority.WAIVE_FEE: 50_000, Authority.CHANGE_PROMISE: None},
    "housing": {Authority.SPEND: 250_000, Authority.APPROVE_URGENT: None},
    "complaints": {Authority.DECIDE_COMPLAINT: None, Authority.WAIVE_FEE: 10_000},
}


def describe(session: Session, people: dict[str, UUID], *, now: datetime, today: date) -> None:
    """Give the staff their skills, languages and authority, and a social worker a session with the advisors tomorrow."""
    skills = {name: organisation.add_skill(session, SYSTEM, name, now=now).slug for name in SKILLS}
    for login in sorted({login for logins in SKILLS.values() for login in logins}):
        own = [skills[name] for name, logins in SKILLS.items() if login in logins]
        organisation.set_skills(session, SYSTEM, people[login], own, now=now)
    for login, languages in LANGUAGES.items():
        organisation.set_languages(session, SYSTEM, people[login], languages, now=now)
    for login, decides in AUTHORITIES.items():
        organisation.set_authorities(session, SYSTEM, people[login], decides, now=now)
    organisation.create_team(
        session, SYSTEM, unit="contact-centre", slug="family-and-care", name="Family and care", now=now
    )
    noon = datetime(today.year, today.month, today.day, 12, tzinfo=LONDON) + timedelta(days=1)
    organisation.sit_with_team(
        session, SYSTEM, people["care2"], unit="contact-centre", team="family-and-care", starts_at=noon,
        ends_at=noon + timedelta(hours=3), note="Blue badge surgery", now=now,
    )  # fmt: skip


def draw_table(session: Session, people: dict[str, UUID], *, now: datetime, today: date) -> None:
    """A few lines of the routing table: by need, by area, by language and by channel."""
    review = today + timedelta(days=120)
    for card in (
        RuleCard(
            "highways-intake", "pothole", need_question="surface", need_values=("cycle",), focal_account_id=people["highways2"],
            review_on=review,
        ),
        RuleCard("waste-intake", "fly-tipping", area_kind=AreaKind.POSTCODE, area="HM1", focal_point="streets@hallowmere.example", review_on=review),
        RuleCard("contact-centre-intake", "council-tax-balance", language=Language.FRENCH, review_on=review),
        RuleCard("complaints-intake", "complaint", Channel.POST, focal_account_id=people["complaints2"], review_on=review),
    ):  # fmt: skip
        routing.enter_rule(session, SYSTEM, card, now=now)
