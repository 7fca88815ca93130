"""The service catalogue: brought up from the committed files, and changed service by service."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, authorize
from app.audit import services as audit
from app.kernel.actors import Actor
from app.kernel.errors import Invalid
from app.kernel.i18n import N_
from app.organisation import catalogue_files, queries
from app.organisation.enums import QuestionType
from app.organisation.models import Service, Unit
from app.organisation.questions import Question
from app.organisation.rows import CatalogueLoaded, ServiceDefinition, ServiceRow
from app.organisation.services.units import create_unit

CHOICES = {QuestionType.RADIOS, QuestionType.CHECKBOXES}


def load_catalogue(session: Session, actor: Actor, *, now: datetime) -> CatalogueLoaded:
    """Bring in the units and services that come with Firstpoint. Again changes nothing but what the files changed."""
    known = set(session.scalars(select(Unit.slug)))
    units = [unit for unit in catalogue_files.units() if unit["slug"] not in known]
    for unit in units:
        create_unit(
            session,
            actor,
            slug=unit["slug"],
            name=unit["name"],
            parent=unit.get("parent"),
            aliases=unit.get("aliases", ()),
            now=now,
        )
    definitions = catalogue_files.services()
    for definition in definitions:
        publish_service(session, actor, definition, now=now)
    return CatalogueLoaded(len(units), len(definitions))


def publish_service(session: Session, actor: Actor, definition: ServiceDefinition, *, now: datetime) -> ServiceRow:
    """Put a service into the catalogue, or bring it up to date. Invalid names questions that cannot be asked."""
    _check_questions(definition.questions)
    service = session.scalar(select(Service).where(Service.slug == definition.slug))
    values = _columns(session, definition)
    if service is None:
        service = Service(slug=definition.slug, updated_at=now, **values)
        session.add(service)
    elif _same(service, values):
        return queries.service(session, service.id)
    for column, value in values.items():
        setattr(service, column, value)
    service.updated_at = now
    session.flush()
    audit.record(session, actor, "service.published", "service", service.id, now=now, slug=service.slug)
    return queries.service(session, service.id)


def point_intake(session: Session, actor: Actor, service: str, queue: str, *, now: datetime) -> None:
    """Let new enquiries for a service arrive in this active queue."""
    found = session.get_one(Service, queries.service_by_slug(session, service).id)
    queue_id = queries.active_queue_ids(session, [queue]).get(queue)
    if queue_id is None:
        raise Invalid({"queue": N_("Choose an active queue")})
    found.intake_queue_id, found.intake_queue_slug = queue_id, queue
    session.flush()
    audit.record(session, actor, "service.intake_pointed", "service", found.id, now=now, queue=queue)


def need_skills(session: Session, actor: Actor, service: str, skills: Collection[str], *, now: datetime) -> None:
    """Which skills somebody needs to work on enquiries for a service."""
    authorize(actor, Permission.CATALOGUE_MANAGE)
    found = session.get_one(Service, queries.service_by_slug(session, service).id)
    if set(skills) - {skill.slug for skill in queries.skills(session)}:
        raise Invalid({"skills": N_("Choose skills from the list")})
    found.skills, found.updated_at = sorted(set(skills)), now
    session.flush()
    audit.record(session, actor, "service.skills_needed", "service", found.id, now=now, skills=found.skills)


def _columns(session: Session, definition: ServiceDefinition) -> dict[str, object]:
    """The definition as the columns of its table."""
    values = {key: value for key, value in asdict(definition).items() if key not in {"slug", "unit", "handoff_unit"}}
    values["questions"] = [question.to_json() for question in definition.questions]
    values["script"] = [asdict(step) for step in definition.script]
    if definition.skills:
        values["skills"] = sorted(definition.skills)
    else:  # what the administrator chose stays
        del values["skills"]
    values["unit_id"] = queries.unit_by_slug(session, definition.unit).id
    handoff_unit = definition.handoff_unit
    values["handoff_unit_id"] = queries.unit_by_slug(session, handoff_unit).id if handoff_unit else None
    slug = values.pop("intake_queue")
    values["intake_queue_slug"] = slug
    values["intake_queue_id"] = queries.active_queue_ids(session, [slug]).get(slug)
    return values


def _same(service: Service, values: dict[str, object]) -> bool:
    """Whether there is nothing to change. Where new enquiries arrive, once pointed, is the administrator's choice."""
    if service.intake_queue_id is not None:
        del values["intake_queue_slug"], values["intake_queue_id"]
    return all(getattr(service, column) == value for column, value in values.items())


def _check_questions(questions: tuple[Question, ...]) -> None:
    """Every question has its own id, choices where it needs them, and a condition on an earlier question only."""
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            raise Invalid({question.id: N_("Two questions have the same name")})
        if (question.type in CHOICES) != bool(question.options):
            raise Invalid({question.id: N_("A question with choices needs options, and no other question has them")})
        if question.show_if and question.show_if.question not in seen:
            raise Invalid({question.id: N_("A question can depend only on one that comes before it")})
        seen.add(question.id)
