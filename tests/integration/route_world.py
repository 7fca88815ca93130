"""One of everything that a route can be about: what is one's own, another's, restricted, merged into another, or not there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app.accounts import services as accounts
from app.accounts.enums import AccountKind, Scope
from app.accounts.models import SignIn
from app.customers import queries as reading
from app.customers import services as customers
from app.customers.enums import Wrong
from app.customers.models import Verification
from app.customers.relationship_enums import Evidence, RelationshipKind, Use
from app.customers.rows import RelationshipTerms
from app.enquiries import services as enquiries
from app.enquiries.enums import Channel, Disposition, LinkKind
from app.handoffs import services as handoffs
from app.handoffs.enums import Becomes, Enforcement
from app.kernel import references
from app.kernel.actors import SYSTEM, Actor, ActorKind, Role
from app.kernel.crypto import new_token, token_hash
from app.kernel.db import Database
from app.kernel.ids import new_id
from app.organisation import services as organisation
from app.organisation.enums import RotaKind
from app.oversight import queries as oversight
from app.oversight import searches
from app.oversight import services as watching
from app.oversight.enums import DeskAct, DeskList
from app.rights import services as rights
from app.rights.enums import AskedBy, RightKind
from app.routing import services as routing
from app.routing.rules import RuleCard
from app.runtime import Runtime
from app.sla import agreements, signing_off
from app.sla.agreements import Target
from app.sla.enums import Measure, Party
from app.subscriptions import services as subscriptions
from app.subscriptions.enums import Agreed
from app.subscriptions.policy import Words
from app.subscriptions.tokens import PATH, stop_path
from tests.support import bookings
from tests.support import council as councils
from tests.support.customers import party, write_tax
from tests.support.desk import put_on_desk

HIDDEN = "Wisteria Refuge"
"""Stands in the address of the restricted record, and nowhere else."""
POTHOLE = {"property": councils.UPRN, "where": "Left lane", "surface": "road", "depth": "deep"}
Example = Mapping[str, str]
DRAWN = text(
    "INSERT INTO desk_audit (id, draw_id, left_id, right_id, place, band, population, weight, wanted, drawn_at)"
    " VALUES (:id, :id, least(CAST(:one AS uuid), CAST(:two AS uuid)), greatest(CAST(:one AS uuid), CAST(:two AS uuid)), 'open', 1, 1, 1.5, 1, :at)"
)


@dataclass
class World:
    """The house, who comes to its doors, and what they ask for."""

    app: Flask
    database: Database
    people: dict[str, Actor]
    keys: dict[Scope, str]
    examples: dict[str, Example]
    runtime: Runtime

    def example(self, rule: Rule, name: str) -> Example | None:
        """What a parameter can stand for, by the kind of thing: the endpoint's own, the blueprint's, else by the parameter's name."""
        room = rule.endpoint.partition(".")[0]
        return (
            self.examples.get(f"{rule.endpoint}:{name}")
            or self.examples.get(f"{room}:{name}")
            or self.examples.get(name)
        )

    def browser(self, actor: Actor) -> FlaskClient:
        """Somebody who has signed in, through both factors if they are staff."""
        with self.database.transaction() as session:
            _, token = _sign_in(session, actor, self.runtime.clock.now())
        client = self.app.test_client()
        staff = actor.kind is ActorKind.STAFF
        client.set_cookie("fp_staff" if staff else "fp_resident", token, path="/console" if staff else "/")
        return client


def build(app: Flask, runtime: Runtime, folder: Path) -> World:
    """The council, its customers, and one of everything."""
    database, now = runtime.database, runtime.clock.now()
    with database.transaction() as session:
        council = councils.found(session, now)
        steward = councils.person(session, "Stu Ward", Role.STEWARD, now=now)
    load = _customers(runtime, folder)
    people = {
        "resident": council.resident, "advisor": council.advisor, "team leader": council.leader, "steward": steward,
        "officer": council.officer, "monitor": council.monitor, "administrator": council.administrator,
    }  # fmt: skip
    examples = _enquiries(runtime, council) | _tools(runtime, council) | _handoffs(runtime, council)
    examples |= _connections(runtime, council) | _organisation(runtime, council) | _agreements(runtime, council)
    examples |= _desk(runtime, council) | _golden(runtime, steward, council) | _accounts(runtime, council) | _plain()
    examples |= _rights(runtime, steward, council)
    examples |= _bookings(runtime, council)
    examples |= _subscriptions(runtime, council, UUID(examples["golden_id"]["own"]))
    examples["load_id"] = {"own": str(load), "deleted": str(new_id())}
    return World(app, database, people, _keys(runtime, council), examples, runtime)


def _customers(runtime: Runtime, folder: Path) -> UUID:
    rows = [
        party(ACCOUNT_REF=f"70000000{number}", NAME=name, ADDR1=line, ADDR2="", EMAIL=f"{number}@resident.example", TELEPHONE="",
              DOB=f"0{number}/03/198{number}")
        for number, (name, line) in enumerate(
            (("TALLIS MRS JOSEPHINE", "1 HIGH STREET"), ("OAKES MR ARTHUR", "2 LOW ROAD"), ("VALE MS CORDELIA", HIDDEN.upper()),
             ("PRYCE MR EDMUND", "4 MILL LANE"), ("QUILL MX ROBIN", "5 QUAY STREET")), 1
        )
    ]  # fmt: skip
    rows.append(
        party(
            ACCOUNT_REF="700000009",
            PARTY_TYPE="O",
            NAME="BARQUE HARBOUR",
            ADDR1="6 QUAY STREET",
            ADDR2="",
            DOB="",
            EMAIL="",
        )
    )
    customers.ingest_file(runtime.database, "council-tax", write_tax(folder / "tax.csv", rows), clock=runtime.clock)
    customers.match_all(runtime.database, clock=runtime.clock)
    with runtime.database.reading() as session:
        return UUID(str(session.scalar(text("SELECT id FROM source_load ORDER BY id LIMIT 1"))))


def _golden(runtime: Runtime, steward: Actor, council: councils.Council) -> dict[str, Example]:
    """Customers: one as any, another, one restricted, and one that a steward merged into the first. What stewards work on is about them."""
    database, now = runtime.database, runtime.clock.now()
    with database.transaction() as session:
        found = session.execute(text(
            "SELECT g.display_name, g.id AS golden, l.source_record_id AS record FROM golden_record g JOIN link l ON l.golden_id = g.id"
        )).all()  # fmt: skip
        by_name = {row.display_name.split()[-1].lower(): row for row in found}
        customers.restrict(session, steward, by_name["vale"].record, reason="A protected address", now=now)
    tallis, oakes, pryce = by_name["tallis"], by_name["oakes"], by_name["pryce"]
    with database.transaction() as session:
        seen = reading.blast_radius(session, tallis.golden, by_name["quill"].golden)
        merged = customers.merge(
            session,
            steward,
            tallis.golden,
            by_name["quill"].golden,
            reason="The same person",
            revisions=seen.revisions,
            now=now,
        )
    kept = merged.kept_id
    with database.transaction() as session:
        restricted = session.scalar(
            text("SELECT golden_id FROM link WHERE source_record_id = :r"), {"r": by_name["vale"].record}
        )
        pinned = customers.pin(
            session, steward, oakes.golden, "phone", value="01632 960002", reason="He said so", now=now
        )
        pairs = {"own": (oakes.record, pryce.record), "restricted": (oakes.record, by_name["vale"].record)}
        ids = {variant: put_on_desk(session, one, two) for variant, (one, two) in pairs.items()} | {"drawn": new_id()}
        session.execute(DRAWN, {"id": ids["drawn"], "one": oakes.record, "two": pryce.record, "at": now})
        draft = customers.draft(
            session, steward, "members.csv", BytesIO(b"id,name\nP1,Ada Tallis\nP2,Bo Okafor\n"), now=now
        )
        run = session.scalar(text("SELECT id FROM match_run ORDER BY id LIMIT 1"))
        said = session.scalar(text("SELECT id FROM steward_decision WHERE lifted_at IS NULL ORDER BY id LIMIT 1"))
        case = _reported(session, council.resident, tallis.record, now)
        body = by_name["harbour"].golden
        acting = _acting(session, council.resident, steward, (tallis.record, pryce.record, oakes.record), now)
    golden = {
        "own": str(kept), "other": str(oakes.golden), "merged": str(merged.gone_id), "restricted": str(restricted), "deleted": str(new_id()),
    }  # fmt: skip
    record = {
        "own": str(tallis.record), "other": str(oakes.record), "restricted": str(by_name["vale"].record), "deleted": str(new_id()),
    }  # fmt: skip
    return {
        "golden_id": golden,
        "source_record_id": record,
        "other_id": golden | {"own": str(pryce.golden)},
        "merge_id": {"own": str(merged.id), "deleted": str(new_id())},
        "pin_id": {"own": str(pinned), "deleted": str(new_id())},
        "decision_id": {"own": str(said), "deleted": str(new_id())},
        "match_id": {"own": str(ids["own"]), "restricted": str(ids["restricted"]), "deleted": str(new_id())},
        "audit_id": {"own": str(ids["drawn"]), "deleted": str(new_id())},
        "case_id": {"own": str(case), "deleted": str(new_id())},
        "run_id": {"own": str(run), "deleted": str(new_id())},
        "draft_id": {"own": str(draft), "deleted": str(new_id())},
        "uprn": {"own": councils.UPRN, "deleted": "999999999999"},
        "console_properties.organisation:golden_id": {"own": str(body), "deleted": str(new_id())},
        **acting,
    }


def _acting(
    session: Session, resident: Actor, boss: Actor, people: tuple[UUID, UUID, UUID], now: datetime
) -> dict[str, Example]:
    """The resident acts for another, somebody else for the same one; and what they have asked for them."""
    mine, theirs, whose = people
    kept = []
    for acting in (mine, theirs):
        terms = RelationshipTerms(
            RelationshipKind.ATTORNEY, acting, whose, Evidence.POWER_OF_ATTORNEY, "OPG 1", now.date(), now.date(),
            now.date() + timedelta(days=90), frozenset(Use),
        )  # fmt: skip
        kept.append(customers.record_relationship(session, boss, terms, now=now))
    customers.accept_relationship(session, resident, kept[0].id, now=now)
    asked = councils.missed_bin(session, resident, acting=kept[0].id, now=now)
    missing = references.new("FP")
    return {
        "relationship_id": {"own": str(kept[0].id), "other": str(kept[1].id), "deleted": str(new_id())},
        "acting.enquiry:reference": {"own": asked.reference, "other": missing, "deleted": missing},
        "acting.reply:reference": {"own": asked.reference, "other": missing, "deleted": missing},
    }


def _reported(session: Session, resident: Actor, record: UUID, now: datetime) -> UUID:
    """A resident has shown to be the record's person, and says that something in it is wrong."""
    source = session.scalar(text("SELECT source_id FROM source_record WHERE id = :r"), {"r": record})
    session.add(Verification(
        at=now, passed=True, source_id=source, source_record_id=record, asked=["date_of_birth", "postcode"],
        account_id=resident.account_id, actor_kind="resident", actor_id=resident.account_id, actor_name=resident.name,
    ))  # fmt: skip
    session.flush()
    return customers.tell_us(session, resident, record, [Wrong.DETAILS], "My name is spelt otherwise", now=now)


def _enquiries(runtime: Runtime, council: councils.Council) -> dict[str, Example]:
    with runtime.database.transaction() as session:
        now = runtime.clock.now()
        own = councils.missed_bin(session, council.resident, now=now)
        other = councils.missed_bin(session, council.neighbour, now=now)
        merged = councils.missed_bin(session, council.resident, now=now)
        enquiries.mark_duplicate(
            session, council.leader, merged.reference, of=own.reference, reason="The same bin", version=None, now=now
        )
        calls = [
            enquiries.open_contact(session, somebody, channel=Channel.PHONE, now=now)
            for somebody in (council.advisor, council.colleague)
        ]
    missing = references.new("FP")
    reference = {"own": own.reference, "other": other.reference, "merged": merged.reference, "deleted": missing}
    contact = {"own": str(calls[0].id), "other": str(calls[1].id), "deleted": str(new_id())}
    return {
        "reference": reference,
        "contact_id": contact,
        "console_enquiry.move:name": {"own": "note", "deleted": "nothing"},
    }


def _tools(runtime: Runtime, council: councils.Council) -> dict[str, Example]:
    """What hangs on an enquiry: a file, a task, a link to another."""
    with runtime.database.transaction() as session:
        now = runtime.clock.now()
        rows = [councils.missed_bin(session, somebody, now=now) for somebody in (council.resident, council.neighbour)]
        whose = zip((council.resident, council.neighbour), rows, strict=True)
        files = [
            enquiries.attach(session, actor, row.reference, [("bin.txt", b"Not emptied")], now=now)[0]
            for actor, row in whose
        ]
        task = enquiries.add_task(session, council.advisor, rows[0].reference, title="Ring the crew", now=now)
        enquiries.link(
            session, council.advisor, rows[0].reference, to=rows[1].reference, kind=LinkKind.RELATED, now=now
        )
        link = session.scalar(text("SELECT id FROM enquiry_link ORDER BY id DESC LIMIT 1"))
        roads = councils.missed_bin(session, council.neighbour, now=now, service="pothole", answers=POTHOLE)
        there = enquiries.attach(session, council.neighbour, roads.reference, [("hole.txt", b"Deep")], now=now)[0]
    missing = references.new("FP")
    reference = {"own": rows[0].reference, "other": rows[1].reference, "deleted": missing}
    files_there = {"own": str(files[0]), "other": str(there), "deleted": str(new_id())}
    elsewhere = {"own": rows[0].reference, "other": roads.reference, "deleted": missing}
    with_files = ("console_tools.file", "console_tools.hide_file", "my_enquiries.file", "track.file")
    with_more = ("console_tools.finish_task", "console_tools.drop_task", "console_tools.unlink")
    return {
        **{f"{endpoint}:reference": reference for endpoint in (*with_files, *with_more)},
        "enquiries:reference": elsewhere,
        "enquiries:file_id": files_there,
        "file_id": {"own": str(files[0]), "other": str(files[1]), "deleted": str(new_id())},
        "task_id": {"own": str(task), "deleted": str(new_id())},
        "link_id": {"own": str(link), "deleted": str(new_id())},
        "request_id": {"own": str(rows[0].id), "other": str(rows[1].id), "deleted": str(new_id())},
    }


def _handoffs(runtime: Runtime, council: councils.Council) -> dict[str, Example]:
    with runtime.database.transaction() as session:
        now = runtime.clock.now()
        offers = [
            handoffs.offer(
                session,
                council.advisor,
                councils.missed_bin(session, council.advisor, now=now).reference,
                unit=unit,
                now=now,
            )
            for unit in ("waste", "highways")
        ]
    example = {"own": str(offers[0].id), "other": str(offers[1].id), "deleted": str(new_id())}
    return {"handoff_id": example, "console_handoffs.step:name": {"own": "recall", "deleted": "nothing"}}


def _connections(runtime: Runtime, council: councils.Council) -> dict[str, Example]:
    """What leads to a service's system, and a question to another unit."""
    now, here = runtime.clock.now(), runtime.settings
    with runtime.database.transaction() as session:
        endpoints = [
            handoffs.add_endpoint(
                session,
                council.administrator,
                unit=unit,
                name="System",
                url="https://8.8.8.8/in",
                settings=here,
                now=now,
            )[0]
            for unit in ("waste", "highways")
        ]
        delivery = handoffs.ping(session, council.administrator, endpoints[0], now=now)
        checklist = handoffs.save_checklist(
            session, council.administrator, service="missed-bin", unit="waste", required=["Which bin"],
            enforcement=Enforcement.WARN, now=now,
        )  # fmt: skip
        code = handoffs.save_rule(
            session, council.administrator, unit="waste", code="R1", becomes=Becomes.ACCEPTED, now=now
        )
        asked = [
            handoffs.refer(
                session, council.advisor, councils.missed_bin(session, council.advisor, now=now).reference, unit=unit,
                question="Was the street closed?", now=now,
            )
            for unit in ("contact-centre", "highways")
        ]  # fmt: skip
    return {
        "endpoint_id": {"own": str(endpoints[0]), "other": str(endpoints[1]), "deleted": str(new_id())},
        "delivery_id": {"own": str(delivery), "deleted": str(new_id())},
        "checklist_id": {"own": str(checklist), "deleted": str(new_id())},
        "console_handoff_setup:rule_id": {"own": str(code), "deleted": str(new_id())},
        "referral_id": {"own": str(asked[0].id), "other": str(asked[1].id), "deleted": str(new_id())},
    }


def _organisation(runtime: Runtime, council: councils.Council) -> dict[str, Example]:
    """A line of the routing table, a closed queue beside those that are live, and when somebody is away."""
    now, boss = runtime.clock.now(), council.administrator
    advisor = council.advisor.account_id
    assert advisor is not None
    with runtime.database.transaction() as session:
        rule = routing.enter_rule(session, boss, RuleCard(queue="waste-intake", service="pothole"), now=now)
        councils.queue(session, council, "old-project", "waste", now=now)
        organisation.close_queue(session, boss, "old-project", reason="Over", redirect_to="waste-intake", now=now)
        exception = organisation.add_exception(
            session,
            boss,
            advisor,
            RotaKind.LEAVE,
            starts_at=now + timedelta(days=9),
            ends_at=now + timedelta(days=10),
            now=now,
        )
        team = organisation.create_team(session, boss, unit="waste", slug="bulky-waste", name="Bulky waste", now=now)
        sitting = organisation.sit_with_team(
            session, boss, advisor, unit="waste", team=team.slug, starts_at=now + timedelta(days=1),
            ends_at=now + timedelta(days=1, hours=4), now=now,
        )  # fmt: skip
        organisation.close_on(session, boss, "waste", date(2026, 12, 24), "The depot is shut", now=now)
    unit = {"own": "waste", "other": "highways", "deleted": "nothing"}
    return {
        "console_routing:rule_id": {"own": str(rule), "deleted": str(new_id())},
        "console_queues:slug": {
            "own": "waste-intake",
            "other": "monitoring-desk",
            "merged": "old-project",
            "deleted": "nothing",
        },
        "console_units:slug": unit,
        "console_people:slug": unit,
        "console_handoff_setup:slug": unit,
        "console_people:account_id": {
            "own": str(advisor),
            "other": str(council.officer.account_id),
            "deleted": str(new_id()),
        },
        "exception_id": {"own": str(exception), "deleted": str(new_id())},
        "session_id": {"own": str(sitting), "deleted": str(new_id())},
        "day": {"own": "2026-12-24", "deleted": "never"},
    }


def _agreements(runtime: Runtime, council: councils.Council) -> dict[str, Example]:
    """One in force for a whole month, and that month's sign-off."""
    now = runtime.clock.now()
    first = (now.replace(day=1) - timedelta(days=1)).date().replace(day=1)
    with runtime.database.transaction() as session:
        for actor, unit in ((council.leader, "contact-centre"), (council.officer, "waste")):
            assert actor.account_id is not None
            organisation.add_member(session, SYSTEM, actor.account_id, unit, can_lead=True, now=now)
        made = agreements.draft(
            session, council.leader, service="missed-bin", front_unit="contact-centre", service_unit="waste", starts_on=first,
            review_on=first.replace(year=first.year + 1), targets={measure: Target(2, 90) for measure in Measure}, now=now,
        )  # fmt: skip
        for party, actor in ((Party.FRONT, council.leader), (Party.SERVICE, council.officer)):
            agreements.sign(session, actor, made.id, party=party, now=now)
        signing_off.close_last_month(session, now=now)
        month = session.scalar(text("SELECT id FROM sla_sign_off LIMIT 1"))
    return {
        "agreement_id": {"own": str(made.id), "deleted": str(new_id())},
        "sign_off_id": {"own": str(month), "deleted": str(new_id())},
        "kind": {"own": "pdf", "deleted": "exe"},
    }


def _desk(runtime: Runtime, council: councils.Council) -> dict[str, Example]:
    """Something found, something drawn for a look at its quality, and what was said about somebody's work."""
    now = runtime.clock.now()
    with runtime.database.transaction() as session:
        old = councils.missed_bin(session, council.resident, now=now - timedelta(days=30))
        finished = [councils.missed_bin(session, council.advisor, now=now - timedelta(days=7)) for _ in range(2)]
        for row in finished:
            enquiries.resolve(
                session, council.advisor, row.reference, disposition=Disposition.DONE, text="Done.", version=None,
                now=now - timedelta(days=6),
            )  # fmt: skip
        findings = searches.acknowledged_only(session, oversight.limits(session), now)
        watching.keep_findings(session, findings, now=now)
        anomaly = session.scalar(text("SELECT id FROM anomaly WHERE enquiry_id = :e"), {"e": old.id})
        week = (now - timedelta(days=6)).date()
        watching.draw_sample(session, week - timedelta(days=week.weekday()), per_team=5, now=now)
        samples = session.scalars(text("SELECT id FROM quality_sample ORDER BY id")).all()
        questions = [one.id for one in oversight.form(session)]
        watching.score_sample(
            session,
            council.leader,
            samples[0],
            points=dict.fromkeys(questions, 2),
            feedback="Well done",
            version=None,
            now=now,
        )
        chosen = [watching.Wanted(councils.missed_bin(session, council.neighbour, now=now).reference)]
        several = watching.act_on_many(
            session, council.monitor, DeskAct.CLAIM, chosen, which=DeskList.OWNERLESS, now=now
        )
    return {
        "anomaly_id": {"own": str(anomaly), "deleted": str(new_id())},
        "sample_id": {"own": str(samples[0]), "deleted": str(new_id())},
        "question_id": {"own": str(questions[0]), "deleted": str(new_id())},
        "console_oversight.listing:name": {"own": "stuck", "deleted": "nothing"},
        "console_many:name": {"own": "stuck", "deleted": "nothing"},
        "console_deliveries:name": {"own": "stuck", "deleted": "nothing"},
        "act_name": {"own": "claim", "deleted": "nothing"},
        "batch_id": {"own": str(several.id), "deleted": str(new_id())},
        "form": {"own": "csv", "deleted": "exe"},
    }


def _accounts(runtime: Runtime, council: councils.Council) -> dict[str, Example]:
    """Somebody to administer, a key of a system, and where people are signed in."""
    now = runtime.clock.now()
    with runtime.database.transaction() as session:
        spare = councils.person(session, "Spare Person", Role.ADVISOR, now=now)
        system = councils.person(session, "Roads system", Role.SERVICE, now=now, kind=AccountKind.SERVICE)
        assert system.account_id is not None
        key, _ = accounts.create_api_key(
            session, council.administrator, system.account_id, (Scope.CATALOGUE_READ,), now=now
        )
        visits = [_sign_in(session, actor, now)[0] for actor in (council.resident, council.neighbour)]
    nobody = str(new_id())
    return {
        "account_id": {"own": str(spare.account_id), "other": str(council.resident.account_id), "deleted": nobody},
        "users.revoke_key:account_id": {"own": str(system.account_id), "deleted": nobody},
        "key_id": {"own": str(key.id), "deleted": str(new_id())},
        "sign_in_id": {"own": str(visits[0]), "other": str(visits[1]), "deleted": str(new_id())},
    }


def _sign_in(session: Session, actor: Actor, now: datetime) -> tuple[UUID, str]:
    """A visit of somebody who came through both factors; gives its id and the cookie's value."""
    assert actor.account_id is not None
    token, made = new_token(), new_id()
    session.add(SignIn(
        id=made, account_id=actor.account_id, token_hash=token_hash(token), created_at=now, last_seen_at=now,
        expires_at=now + timedelta(days=90), needs_second_factor=False, second_factor_at=now,
    ))  # fmt: skip
    return made, token


def _keys(runtime: Runtime, council: councils.Council) -> dict[Scope, str]:
    """One system of the waste service, with a key for each scope alone."""
    keys = {}
    with runtime.database.transaction() as session:
        now = runtime.clock.now()
        system = councils.person(session, "Waste system", Role.SERVICE, now=now, kind=AccountKind.SERVICE)
        assert system.account_id is not None
        organisation.add_member(session, SYSTEM, system.account_id, "waste", now=now)
        for scope in Scope:
            _, keys[scope] = accounts.create_api_key(
                session, council.administrator, system.account_id, (scope,), now=now
            )
    return keys


def _rights(runtime: Runtime, steward: Actor, council: councils.Council) -> dict[str, Example]:
    """What a resident has asked about her data, a copy that is ready, a correction, a hold, and an erasure that is done."""
    database, clock, now = runtime.database, runtime.clock, runtime.clock.now()
    asked = {}
    with database.transaction() as session:
        for whose, actor in (("own", council.resident), ("other", council.neighbour)):
            asked[whose] = rights.ask(session, actor, RightKind.ACCESS, now=now)
        copies = {whose: rights.ask_package(session, steward, asked[whose], now=now) for whose in asked}
        wrong = rights.ask(session, council.resident, RightKind.RECTIFICATION, said="My name", now=now)
        record = session.scalar(text("SELECT id FROM source_record WHERE NOT restricted ORDER BY key LIMIT 1"))
        key = session.scalar(text("SELECT key FROM source_record WHERE id = :r"), {"r": record})
        rights.add_record(session, steward, wrong, "council-tax", str(key), reason="Seen", now=now)
        correction = rights.correct(
            session, steward, wrong, record, "given_name", should_say="Jo", reason="Seen", pin=False, now=now
        )
        hold = rights.place_hold(
            session, steward, "account", council.neighbour.account_id or new_id(), reason="A claim", now=now
        )
        gone = rights.write_down(session, steward, RightKind.ERASURE, AskedBy.LETTER, name="Nobody", now=now)
        rights.show_identity(session, steward, gone, how="Passport", now=now)
    rights.make_waiting(database, clock=clock)
    rights.carry_out(database, steward, gone, clock=clock)
    deleted = {"deleted": str(new_id())}
    return {
        "console_rights:request_id": {"own": str(asked["own"])} | deleted,
        "console_rights:source_record_id": {"own": str(record)} | deleted,
        "my_rights:request_id": {whose: str(one) for whose, one in asked.items()} | deleted,
        "console_erasure:request_id": {"own": str(gone)} | deleted,
        "package_id": {whose: str(one) for whose, one in copies.items()} | deleted,
        "correction_id": {"own": str(correction)} | deleted,
        "hold_id": {"own": str(hold)} | deleted,
        "holding": {"own": "messages", "deleted": "nothing"},
        "step": {"own": "identity", "deleted": "nothing"},
        "my_rights:kind": {"own": "erasure", "deleted": "nothing"},
    }


def _bookings(runtime: Runtime, council: councils.Council) -> dict[str, Example]:
    """Something that can be booked, and who has booked it."""
    now = runtime.clock.now()
    with runtime.database.transaction() as session:
        row = bookings.tip(session, now=now, places=9)
        whose = {"own": council.resident, "other": council.neighbour}
        made = {
            name: bookings.book(session, actor, bookings.at(date(2026, 3, 17), 9), now=now).reference
            for name, actor in whose.items()
        }
    missing = references.new("BK")
    slug = {"own": row.slug, "deleted": "nothing-of-the-kind"}
    day = {"own": "2026-03-17", "deleted": "never"}
    staff = {"own": made["own"], "deleted": missing}
    return {
        **{f"{room}:slug": slug for room in ("book", "console_bookings", "console_timetables", "console_booking_days")},
        **{f"{room}:day": day for room in ("book", "my_bookings", "console_bookings", "console_booking_days")},
        "book:time": {"own": "1000", "deleted": "9999"},
        "my_bookings:reference": made | {"deleted": missing},
        "console_bookings:reference": staff,
        "console_booking_days:reference": staff,
        "console_booking_days:form": {"own": "xlsx", "deleted": "exe"},
    }


def _subscriptions(runtime: Runtime, council: councils.Council, golden: UUID) -> dict[str, Example]:
    """A topic, who follows it, and a bulletin that nobody has sent yet."""
    now, words = runtime.clock.now(), Words("Bin collections", "When your bins are late")
    with runtime.database.transaction() as session:
        topic = subscriptions.make_topic(session, council.officer, unit="waste", texts={"en": words}, now=now).slug
        record = reading.source_records_of_golden(session, golden)[0]
        started = subscriptions.start_for(
            session, council.advisor, record, topic, agreed=Agreed.LETTER, proof="Post book 12", now=now
        )
        bulletin = subscriptions.write(session, council.officer, topic, texts={"en": words}, now=now).id
        link = stop_path(session, started).removeprefix(PATH)
    slug = {"own": topic, "deleted": "nothing-of-the-kind"}
    return {
        "console_topics:slug": slug,
        "console_bulletins:slug": slug,
        "bulletin_id": {"own": str(bulletin), "deleted": str(new_id())},
        "subscription_id": {"own": str(started), "deleted": str(new_id())},
        "stop_updates:token": {"own": link, "deleted": "nothing"},
    }


def _plain() -> dict[str, Example]:
    """What has a name instead of a key."""
    source = {"own": "council-tax", "other": "housing", "deleted": "nothing"}
    return {
        "slug": {"own": "missed-bin", "deleted": "nothing-of-the-kind"},
        "memberships.leave:slug": {"own": "waste", "deleted": "nothing"},
        "console_sources:slug": source,
        "console_source_quality:slug": source,
        "console_source_settings:slug": source,
        "prove:slug": source,
        "source": source,
        "console_jobs.one:name": {"own": "sla.tick", "deleted": "nothing"},
        "assets.file:name": {"own": "manifest.json"},
        "token": {"own": str(new_id())},
        "code": {"own": "missed-bin", "deleted": "nothing"},
        "language.change:code": {"own": "fr"},
        "_format": {"own": "json"},
        "_rest": {"own": "nothing/here"},
        "number": {"own": "1", "deleted": "999"},
        "how": {"own": "answer"},
        "attribute": {"own": "email", "deleted": "nothing"},
        "handoff_links.step:name": {"own": "accept", "deleted": "nothing"},
        "measure": {"own": "missing", "deleted": "nothing"},
    }
