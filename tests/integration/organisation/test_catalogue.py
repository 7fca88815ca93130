"""The catalogue in the database: from the files, again without change, and with promises that know the calendar."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from app.audit import queries as audit
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.errors import Invalid, NotFound
from app.organisation import catalogue_files, queries, services
from app.organisation.enums import QuestionType
from app.organisation.policy import WorkingHours
from app.organisation.questions import Question, ShowIf
from tests.support.council import Council

MISSED_BIN = next(definition for definition in catalogue_files.services() if definition.slug == "missed-bin")


def test_the_files_come_in_once(session: Session, council: Council, clock: FixedClock) -> None:
    again = services.load_catalogue(session, SYSTEM, now=clock.now())
    assert (again.units, again.services) == (0, 15)
    assert len(queries.catalogue(session)) == 15
    service = queries.service_by_slug(session, "missed-bin")
    assert len(audit.trail(session, "service", service.id).items) == 1


def test_a_service_comes_out_as_its_file_says(session: Session, council: Council) -> None:
    service = queries.service_by_slug(session, "missed-bin")
    assert service.questions == MISSED_BIN.questions
    assert service.script == MISSED_BIN.script
    assert (service.unit_name, service.handoff_unit_name, service.tier) == ("Contact Centre", "Waste Services", 1)


def test_an_intake_queue_that_opens_later_is_found_by_its_services(session: Session, council: Council) -> None:
    waste = queries.queue_by_slug(session, "waste-intake")
    assert queries.service_by_slug(session, "missed-bin").intake_queue_id == waste.id
    assert queries.service_by_slug(session, "pothole").intake_queue_id is None


def test_an_intake_that_somebody_chose_survives_the_next_loading(
    session: Session, council: Council, clock: FixedClock
) -> None:
    services.point_intake(session, SYSTEM, "missed-bin", "monitoring-desk", now=clock.now())
    services.load_catalogue(session, SYSTEM, now=clock.now())
    desk = queries.queue_by_slug(session, "monitoring-desk")
    assert queries.service_by_slug(session, "missed-bin").intake_queue_id == desk.id


@pytest.mark.parametrize(
    "question",
    [
        Question("property", QuestionType.TEXT, "Again?"),
        Question("choose", QuestionType.RADIOS, "Which?"),
        Question("late", QuestionType.TEXT, "Why?", show_if=ShowIf("nowhere", ("yes",))),
    ],
    ids=["same name", "nothing to choose", "depends on nothing"],
)
def test_questions_that_cannot_be_asked_are_refused(
    session: Session, council: Council, clock: FixedClock, question: Question
) -> None:
    definition = replace(MISSED_BIN, questions=(*MISSED_BIN.questions, question))
    with pytest.raises(Invalid) as refused:
        services.publish_service(session, SYSTEM, definition, now=clock.now())
    assert refused.value.errors.keys() == {question.id}


def test_a_promise_follows_the_hours_of_the_unit(session: Session, council: Council) -> None:
    thursday = datetime(2026, 4, 2, 10, tzinfo=UTC)
    assert queries.promise_for(session, "missed-bin", now=thursday) == datetime(2026, 4, 8, 16, tzinfo=UTC)
    every_day = WorkingHours(dict.fromkeys(range(7), (8 * 60, 20 * 60)))
    services.set_hours(session, SYSTEM, "contact-centre", every_day, now=thursday)
    assert queries.promise_for(session, "missed-bin", now=thursday) == datetime(2026, 4, 5, 19, tzinfo=UTC)


def test_what_is_not_in_the_catalogue_is_not_found(session: Session, council: Council) -> None:
    with pytest.raises(NotFound):
        queries.service_by_slug(session, "unicorns")
