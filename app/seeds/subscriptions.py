"""What can be followed in the demo, who does, and one bulletin that went to them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import cycle
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.customers import queries as customers
from app.kernel.actors import Actor, ActorKind, Role
from app.kernel.paging import PageRequest
from app.runtime import Runtime
from app.seeds import staff
from app.subscriptions import services
from app.subscriptions.enums import Agreed
from app.subscriptions.policy import Words

AREA = "ZF1"
"""The postcode area in which everybody of this is looked for."""
HOMES = 30
BEFORE = timedelta(days=60)
SENT = timedelta(days=2)
BATCH = 500

TOPICS = (
    ("officer", "waste", {
        "en": Words("Bin collections", "When bins are late in your area, and the days that change at Christmas and Easter."),
        "fr": Words("Collecte des déchets", "Les retards dans votre secteur, et les jours qui changent à Noël et à Pâques."),
        "es": Words("Recogida de basura", "Los retrasos en su zona, y los días que cambian en Navidad y en Semana Santa."),
    }),
    ("highways", "highways", {
        "en": Words("Road works", "Roads that will be closed, a week before, and when they open again."),
        "fr": Words("Travaux routiers", "Les routes qui seront fermées, une semaine avant, et leur réouverture."),
        "es": Words("Obras en la calzada", "Las calles que se cortarán, una semana antes, y cuándo se vuelven a abrir."),
    }),
    ("leader", "contact-centre", {
        "en": Words("Library news", "New books, readings for children, and changed opening hours: once a month."),
        "fr": Words("Nouvelles des bibliothèques", "Nouveautés, lectures pour enfants et horaires modifiés : une fois par mois."),
        "es": Words("Noticias de las bibliotecas", "Novedades, lecturas para niños y cambios de horario: una vez al mes."),
    }),
    ("environment", "environmental-health", {
        "en": Words("Planning near you", "What somebody wants to build in your postcode area, while you can still have your say."),
        "fr": Words("Urbanisme près de chez vous", "Les projets de construction de votre secteur, tant que vous pouvez donner votre avis."),
        "es": Words("Urbanismo cerca de usted", "Lo que alguien quiere construir en su zona, mientras aún puede opinar."),
    }),
)  # fmt: skip
NEWS = {
    "en": Words(
        "Bins a day late after the snow",
        "Snow has held up our lorries. Bins that were due on Thursday are emptied on Friday, and Friday’s on Saturday.\n\n"
        "Please put them out by 7am. You need not tell us.",
    ),
    "fr": Words(
        "Un jour de retard à cause de la neige",
        "La neige a retardé nos camions. Les bacs du jeudi sont vidés le vendredi, et ceux du vendredi le samedi.\n\n"
        "Sortez-les avant 7 h. Inutile de nous prévenir.",
    ),
}


def show(runtime: Runtime, ids: Mapping[str, UUID], resident: UUID, *, now: datetime) -> None:
    """Make it all by the services that residents and staff use."""
    people = {
        each.login: Actor(ActorKind.STAFF, ids[each.login], each.name, each.roles)
        for each in staff.COLLEAGUES
        if each.login in ids
    }
    with runtime.database.transaction() as session:
        slugs = [
            services.make_topic(session, people[keeper], unit=unit, texts=texts, now=now - BEFORE).slug
            for keeper, unit, texts in TOPICS
        ]
        _letters(session, people["advisor"], slugs, now - BEFORE / 2)
        _resident(session, resident, slugs[:1], now - BEFORE / 3)
        _bulletin(session, people["officer"], slugs[0], now - SENT)


def _letters(session: Session, advisor: Actor, slugs: list[str], at: datetime) -> None:
    """People of one area have sent back a card from the council's paper, each for one or two topics."""
    homes = customers.search_properties(session, AREA, limit=HOMES)
    for number, (place, slug) in enumerate(zip(homes, cycle(slugs), strict=False)):
        for member in customers.household_page(session, place.id, PageRequest(1, 2)).items:
            record = customers.source_records_of_golden(session, member.golden_id)[0]
            if customers.person(session, record).restricted:
                continue
            for wanted in sorted({slugs[0], slug}):
                services.start_for(
                    session, advisor, record, wanted, agreed=Agreed.LETTER, proof=f"Reply card {number + 1}",
                    area="" if number % 3 else AREA, now=at,
                )  # fmt: skip


def _resident(session: Session, resident: UUID, slugs: list[str], at: datetime) -> None:
    """The demo resident follows something in My Account."""
    account = accounts.account(session, resident)
    services.follow(
        session, Actor(ActorKind.RESIDENT, resident, account.name, frozenset({Role.RESIDENT})), slugs, now=at
    )


def _bulletin(session: Session, officer: Actor, slug: str, at: datetime) -> None:
    made = services.write(session, officer, slug, texts=NEWS, now=at)
    services.send(session, officer, made.id, version=made.version, now=at)
    while services.send_batch(session, made.id, most=BATCH, now=at):
        pass
