"""Quality: the lot is fair and can be checked, scores weigh as the form says, and the advisor has the last word."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.enquiries import services as working
from app.enquiries.enums import Disposition
from app.kernel.actors import SYSTEM, Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from app.kernel.paging import PageRequest
from app.organisation import services as organising
from app.oversight import queries, services
from app.oversight.policy import score
from app.oversight.rows import QualityRow
from tests.support.council import Council, missed_bin

MONDAY = date(2026, 3, 9)
PAGE = PageRequest(1, 100)


def finish(session: Session, actor: Actor, clock: FixedClock, times: int) -> None:
    for _ in range(times):
        row = missed_bin(session, actor, now=clock.now(), accept_duplicate=True)
        working.resolve(
            session, actor, row.reference, disposition=Disposition.DONE, text="Done.", version=None,
            now=clock.advance(timedelta(minutes=10)),
        )  # fmt: skip


def draw(session: Session, clock: FixedClock, per_team: int = 3) -> int:
    return services.draw_sample(session, MONDAY, per_team=per_team, now=clock.now())


def drawn(session: Session) -> tuple[QualityRow, ...]:
    return queries.samples(session, page=PAGE).items


@pytest.fixture
def sample(session: Session, council: Council, clock: FixedClock) -> QualityRow:
    """One that Ada finished, drawn."""
    finish(session, council.advisor, clock, 1)
    draw(session, clock)
    return drawn(session)[0]


def test_so_many_of_each_team_and_never_the_same_week_twice(
    session: Session, council: Council, clock: FixedClock
) -> None:
    organising.create_team(
        session, SYSTEM, unit="contact-centre", slug="bins", name="Bins and streets", now=clock.now()
    )
    assert council.colleague.account_id is not None
    organising.add_member(session, SYSTEM, council.colleague.account_id, "contact-centre", team="bins", now=clock.now())
    for actor, times in ((council.advisor, 5), (council.colleague, 2), (council.leader, 1)):
        finish(session, actor, clock, times)
    assert draw(session, clock) == 5
    assert sorted(row.team for row in drawn(session)) == ["Bins and streets"] * 2 + ["Contact Centre"] * 3
    assert draw(session, clock) == 0


def test_anybody_who_draws_again_draws_the_same(session: Session, council: Council, clock: FixedClock) -> None:
    finish(session, council.advisor, clock, 8)
    draw(session, clock)
    first = [row.reference for row in drawn(session)]
    session.execute(text("DELETE FROM quality_sample"))
    draw(session, clock)
    assert sorted(row.reference for row in drawn(session)) == sorted(first)


def test_only_what_was_finished_in_that_week_is_drawn(session: Session, council: Council, clock: FixedClock) -> None:
    clock.advance(timedelta(days=-7))
    finish(session, council.advisor, clock, 2)
    clock.advance(timedelta(days=7))
    assert draw(session, clock) == 0


def test_a_score_weighs_as_the_form_says_and_leaves_out_what_does_not_apply(
    session: Session, council: Council, clock: FixedClock, sample: QualityRow
) -> None:
    questions = queries.form(session)
    points: dict[object, int | None] = {question.id: 2 for question in questions}
    points[questions[1].id] = 1
    points[questions[4].id] = None
    row = services.score_sample(
        session, council.leader, sample.id, points=points, feedback="Check the address.", version=1, now=clock.now()
    )
    assert row.score == round(100 * (3 * 2 + 5 + 2 * 2 + 3 * 2) / (2 * (3 + 5 + 2 + 3)))
    assert [mark.points for mark in row.marks] == [2, 1, 2, 2, None]
    services.change_question(session, council.monitor, questions[0].id, weight=10, active=True, now=clock.now())
    assert queries.sample(session, sample.id).marks[0].weight == 3, "what was scored keeps the weight of its day"
    weeks, (trend,) = queries.team_trends(session, now=clock.now(), weeks=2)
    assert (weeks[-1], trend.team, trend.scores) == (MONDAY, "Contact Centre", (None, row.score))


def test_a_form_is_filled_in_whole(session: Session, council: Council, clock: FixedClock, sample: QualityRow) -> None:
    with pytest.raises(Invalid) as refused:
        services.score_sample(session, council.leader, sample.id, points={}, feedback="", version=None, now=clock.now())
    assert len(refused.value.errors) == 5
    assert score({"a": (3, None)}) is None


def test_the_advisor_sees_it_and_answers_once(
    session: Session, council: Council, clock: FixedClock, sample: QualityRow
) -> None:
    me = council.advisor.account_id
    assert me is not None
    assert queries.waiting_feedback(session, me) == 0
    points = {question.id: 2 for question in queries.form(session)}
    services.score_sample(
        session, council.leader, sample.id, points=points, feedback="Well done.", version=None, now=clock.now()
    )
    assert queries.waiting_feedback(session, me) == 1
    assert queries.feedback_for(session, me, page=PAGE).items[0].feedback == "Well done."
    with pytest.raises(NotFound):
        services.answer_feedback(session, council.colleague, sample.id, answer="Mine", version=None, now=clock.now())
    row = services.answer_feedback(
        session, council.advisor, sample.id, answer="Thank you.", version=None, now=clock.now()
    )
    assert row.answer == "Thank you."
    assert queries.waiting_feedback(session, me) == 0
    with pytest.raises(Conflict):
        services.answer_feedback(session, council.advisor, sample.id, answer="More", version=None, now=clock.now())


def test_nobody_scores_their_own_work_and_advisors_score_nobodys(
    session: Session, council: Council, clock: FixedClock
) -> None:
    finish(session, council.leader, clock, 1)
    draw(session, clock)
    (row,) = drawn(session)
    points = {question.id: 2 for question in queries.form(session)}
    for somebody in (council.leader, council.advisor, council.administrator):
        with pytest.raises(NotAllowed):
            services.score_sample(
                session, somebody, row.id, points=points, feedback="Fine", version=None, now=clock.now()
            )


def test_the_form_keeps_at_least_one_question(
    session: Session, council: Council, clock: FixedClock, sample: QualityRow
) -> None:
    first, *others = queries.form(session)
    for question in others:
        services.change_question(session, council.monitor, question.id, weight=1, active=False, now=clock.now())
    with pytest.raises(Conflict):
        services.change_question(session, council.monitor, first.id, weight=1, active=False, now=clock.now())
    services.add_question(session, council.monitor, text="Was it kind?", weight=2, now=clock.now())
    assert [question.text for question in queries.form(session)] == [first.text, "Was it kind?"]
    with pytest.raises(NotAllowed):
        services.add_question(session, council.leader, text="Was it quick?", weight=2, now=clock.now())
