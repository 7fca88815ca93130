"""One of everything that a route can be about: what is one's own, another's, restricted, merged into another, or not there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.routing import Rule

from app.accounts import services as accounts
from app.accounts.enums import AccountKind, Scope
from app.accounts.models import SignIn
from app.customers import services as customers
from app.enquiries import services as enquiries
from app.enquiries.enums import Channel, Disposition
from app.handoffs import services as handoffs
from app.kernel import references
from app.kernel.actors import SYSTEM, Actor, ActorKind, Role
from app.kernel.crypto import new_token, token_hash
from app.kernel.db import Database
from app.kernel.ids import new_id
from app.organisation import services as organisation
from app.oversight import queries as oversight
from app.oversight import searches
from app.oversight import services as watching
from app.runtime import Runtime
from tests.support import council as councils
from tests.support.customers import party, write_tax

HIDDEN = "Wisteria Refuge"
"""Stands in the address of the restricted record, and nowhere else."""
Example = Mapping[str, str]
MISSING: Example = {"own": str(new_id()), "deleted": str(new_id())}
"""For what the tests of its own room look at closely: here it is enough that nobody learns anything of it."""
RETIRE = text(
    "INSERT INTO golden_record (id, kind, attributes, display_name, date_of_birth, address, postcode, phone, email, size, restricted,"
    " created_at, changed_at, run_id, retired_at, retired_into) SELECT gen_random_uuid(), kind, attributes, display_name, date_of_birth,"
    " address, postcode, phone, email, size, false, created_at, changed_at, run_id, :at, id FROM golden_record WHERE id = :into RETURNING id"
)
"""A former customer record, joined to another: its id leads on."""


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
        """What a parameter can stand for, by the kind of thing: the endpoint's own, else by the parameter's name."""
        return self.examples.get(f"{rule.endpoint}:{name}") or self.examples.get(name)

    def browser(self, actor: Actor) -> FlaskClient:
        """Somebody who has signed in, through both factors if they are staff."""
        token, now = new_token(), self.runtime.clock.now()
        assert actor.account_id is not None
        with self.database.transaction() as session:
            session.add(SignIn(
                account_id=actor.account_id, token_hash=token_hash(token), created_at=now, last_seen_at=now,
                expires_at=now + timedelta(days=90), needs_second_factor=False, second_factor_at=now,
            ))  # fmt: skip
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
    examples = _enquiries(runtime, council) | _handoffs(runtime, council) | _desk(runtime, council)
    examples |= _golden(runtime, steward) | _accounts(runtime, council) | _plain()
    examples["load_id"] = {"own": str(load), "deleted": str(new_id())}
    return World(app, database, people, _keys(runtime, council), examples, runtime)


def _customers(runtime: Runtime, folder: Path) -> UUID:
    rows = [
        party(ACCOUNT_REF=f"70000000{number}", NAME=name, ADDR1=line, ADDR2="", EMAIL=f"{number}@resident.example", TELEPHONE="",
              DOB=f"0{number}/03/198{number}")
        for number, (name, line) in enumerate(
            (("TALLIS MRS JOSEPHINE", "1 HIGH STREET"), ("OAKES MR ARTHUR", "2 LOW ROAD"), ("VALE MS CORDELIA", HIDDEN.upper()),
             ("PRYCE MR EDMUND", "4 MILL LANE")), 1
        )
    ]  # fmt: skip
    customers.ingest_file(runtime.database, "council-tax", write_tax(folder / "tax.csv", rows), clock=runtime.clock)
    customers.match_all(runtime.database, clock=runtime.clock)
    with runtime.database.reading() as session:
        return UUID(str(session.scalar(text("SELECT id FROM source_load ORDER BY id LIMIT 1"))))


def _golden(runtime: Runtime, steward: Actor) -> dict[str, Example]:
    """Four customers: one as any, another, one restricted, and one whose id was retired in favour of the first."""
    with runtime.database.transaction() as session:
        found = session.execute(text(
            "SELECT g.display_name, g.id AS golden, l.source_record_id AS record FROM golden_record g JOIN link l ON l.golden_id = g.id"
            " ORDER BY g.display_name"
        )).all()  # fmt: skip
        by_name = {row.display_name.split()[-1].lower(): row for row in found}
        customers.restrict(
            session, steward, by_name["vale"].record, reason="A protected address", now=runtime.clock.now()
        )
    with runtime.database.transaction() as session:
        restricted = session.scalar(
            text("SELECT golden_id FROM link WHERE source_record_id = :r"), {"r": by_name["vale"].record}
        )
        retired = session.scalar(RETIRE, {"into": by_name["tallis"].golden, "at": runtime.clock.now()})
    golden = {
        "merged": str(retired), "own": str(by_name["tallis"].golden), "other": str(by_name["oakes"].golden), "restricted": str(restricted),
        "deleted": str(new_id()),
    }  # fmt: skip
    record = {"own": str(by_name["tallis"].record), "restricted": str(by_name["vale"].record), "deleted": str(new_id())}
    return {
        "golden_id": golden,
        "source_record_id": record,
        "match_id": {"own": str(new_id()), "deleted": str(new_id())},
    }


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
        question = oversight.form(session)[0].id
    return {
        "anomaly_id": {"own": str(anomaly), "deleted": str(new_id())},
        "sample_id": {"own": str(samples[0]), "deleted": str(new_id())},
        "question_id": {"own": str(question), "deleted": str(new_id())},
        "console_oversight.listing:name": {"own": "stuck", "deleted": "nothing"},
        "form": {"own": "csv", "deleted": "exe"},
    }


def _accounts(runtime: Runtime, council: councils.Council) -> dict[str, Example]:
    with runtime.database.transaction() as session:
        spare = councils.person(session, "Spare Person", Role.ADVISOR, now=runtime.clock.now())
    nobody = str(new_id())
    return {
        "account_id": {"own": str(spare.account_id), "other": str(council.resident.account_id), "deleted": nobody},
        "key_id": {"own": nobody, "deleted": str(new_id())},
        "sign_in_id": {"own": nobody, "deleted": str(new_id())},
    }


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


def _plain() -> dict[str, Example]:
    """What has a name instead of a key."""
    return {
        "slug": {"own": "missed-bin", "deleted": "nothing-of-the-kind"},
        "console_queues.one:slug": {"own": "waste-intake", "deleted": "nothing"},
        "memberships.leave:slug": {"own": "waste", "deleted": "nothing"},
        "console_sources.one:slug": {"own": "council-tax", "deleted": "nothing"},
        "portal_verify.page:slug": {"own": "council-tax", "deleted": "nothing"},
        "console_jobs.one:name": {"own": "sla.tick", "deleted": "nothing"},
        "source": {"own": "council-tax", "deleted": "nothing"},
        "assets.file:name": {"own": "manifest.json"},
        "token": {"own": str(new_id())},
        "code": {"own": "missed-bin", "deleted": "nothing"},
        "request_id": {"own": str(new_id())},
        "_format": {"own": "json"},
        "_rest": {"own": "nothing/here"},
        **dict.fromkeys(
            (
                "file_id",
                "other_id",
                "pin_id",
                "merge_id",
                "endpoint_id",
                "delivery_id",
                "checklist_id",
                "run_id",
                "referral_id",
            ),
            MISSING,
        ),
        "number": {"own": "1", "deleted": "999"},
        "how": {"own": "answer"},
        "attribute": {"own": "name", "deleted": "nothing"},
        "handoff_links.step:name": {"own": "accept", "deleted": "nothing"},
        "sign_off_id": MISSING,
        "link_id": MISSING,
        "exception_id": MISSING,
        "session_id": MISSING,
        "kind": {"own": "pdf", "deleted": "exe"},
        "measure": {"own": "completeness", "deleted": "nothing"},
        "day": {"own": "2026-12-24", "deleted": "never"},
        "rule_id": MISSING,
        "draft_id": MISSING,
        "attachment_id": MISSING,
        "task_id": MISSING,
        "agreement_id": MISSING,
    }
