"""What the demo's monitoring desk shows: sixty days of trend, what the searches find, and a quality sample of which one is scored."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.enquiries import services as enquiries
from app.enquiries.enums import Channel, Disposition
from app.enquiries.rows import Raiser
from app.kernel.actors import Actor, ActorKind
from app.kernel.clock import london_date
from app.kernel.paging import PageRequest
from app.oversight import queries, searches, services
from app.runtime import Runtime
from app.seeds import staff

DAYS = 60
ASKED = (
    ("advisor", "Is my account in credit?", "Your account is in credit by £12.40. We take it off the next instalment."),
    ("advisor2", "How was my bill worked out?", "Your band is C, less a quarter because you live alone."),
    ("advisor3", "When do I pay next?", "Your next instalment is due on the first of the month."),
)


def show(runtime: Runtime, people: dict[str, UUID], *, now: datetime) -> None:
    """Fill the desk by the same services that the jobs call."""
    today = london_date(now)
    last_week = today - timedelta(days=today.weekday() + 7)
    with runtime.database.transaction() as session:
        _answer_some(session, people, now, last_week)
    with runtime.database.transaction() as session:
        for back in range(1, DAYS + 1):
            services.rebuild(session, today - timedelta(days=back), now=now)
        services.measure_today(session, now=now)
        found = searches.everything(session, queries.limits(session), now)
        services.keep_findings(session, found, now=now)
        services.draw_sample(session, last_week, per_team=3, now=now)
        _score_one(session, people, now)


def _answer_some(session: Session, people: dict[str, UUID], now: datetime, week: date) -> None:
    """Three questions that advisors settled last week."""
    at = now - timedelta(days=(london_date(now) - week).days - 2)
    for place, (login, question, answer) in enumerate(ASKED):
        advisor, asked = _colleague(people, login), at + timedelta(minutes=40 * place)
        row = enquiries.receive(
            session, advisor, service="council-tax-balance", channel=Channel.PHONE, raiser=Raiser("Somebody who rang"),
            answers={"about": "balance", "details": question}, accept_duplicate=True, now=asked,
        )  # fmt: skip
        enquiries.resolve(
            session, advisor, row.reference, disposition=Disposition.ADVICE_GIVEN, text=answer, version=None,
            now=asked + timedelta(minutes=12),
        )  # fmt: skip


def _score_one(session: Session, people: dict[str, UUID], now: datetime) -> None:
    """The team leader has looked at one of them."""
    drawn = queries.samples(session, page=PageRequest(1, 20)).items
    sample = next((row for row in drawn if row.advisor_id == people["advisor"]), None)
    if sample is None:
        return
    points: dict[UUID, int | None] = {question.id: 2 for question in queries.form(session)}
    points[next(iter(points))] = 1
    services.score_sample(
        session, _colleague(people, "leader"), sample.id, points=points, version=None, now=now,
        feedback="Clear and kind. Ask first whether they have their bill at hand: it saves the second question.",
    )  # fmt: skip


def _colleague(people: dict[str, UUID], login: str) -> Actor:
    person = next(person for person in staff.COLLEAGUES if person.login == login)
    return Actor(ActorKind.STAFF, people[login], person.name, person.roles)
