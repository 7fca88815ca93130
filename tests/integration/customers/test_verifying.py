"""Verification: against one source record, by its own facts, and not by guessing."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.enums import AccountKind
from app.audit import queries as audit
from app.customers import queries, services
from app.kernel.actors import Actor, ActorKind, Role
from app.kernel.errors import Invalid, NotAllowed, TooMany
from tests.support.council import person
from tests.support.customers import LoadedCity
from tests.support.flowing import Sent, send

SQL = (
    "SELECT r.id, r.key, r.attributes FROM source_record r JOIN source_system y ON y.id = r.source_id WHERE y.slug = 'council-tax' "
    "AND attributes ?& ARRAY['date_of_birth', 'postcode', 'family_name', 'given_name'] ORDER BY key LIMIT 1 OFFSET :skip"
)


def an_account_of_council_tax(session: Session, skip: int = 0) -> tuple[UUID, str, dict[str, str]]:
    record, key, attributes = session.execute(text(SQL), {"skip": skip}).one()
    return record, key, attributes


def proof(key: str, attributes: dict[str, str], **changes: str) -> dict[str, str]:
    day = attributes["date_of_birth"]
    return {
        "council_tax_account": key, "postcode": attributes["postcode"].lower().replace(" ", ""),
        "date_of_birth": f"{day[8:]}/{day[5:7]}/{day[:4]}", "family_name": attributes["family_name"].upper(),
    } | changes  # fmt: skip


def resident(session: Session, city: LoadedCity, name: str = "Resi Dent") -> Actor:
    made = person(session, name, Role.RESIDENT, now=city.clock.now(), kind=AccountKind.RESIDENT)
    return Actor(ActorKind.RESIDENT, made.account_id, name, made.roles, f"198.51.100.{len(name)}")


def test_an_advisor_verifies_against_one_record_which_is_named(city: LoadedCity, advisor: Actor) -> None:
    with city.database.transaction() as session:
        record, key, said = an_account_of_council_tax(session)
        [asked] = queries.questions_for(session, source_record_id=record)
        assert {"full_name", "date_of_birth", "postcode"} <= {question.code for question in asked.questions}
        answers = {"full_name": f"{said['given_name']} {said['family_name']}", "postcode": said["postcode"]}
        made = services.verify(session, advisor, record, answers, contact_ref="C-1", now=city.clock.now())
        assert (made.passed, made.source_name, made.source_key, made.asked) == (
            True,
            "Council tax",
            key,
            ("full_name", "postcode"),
        )
        assert queries.verifications_of(session, contact_ref="C-1") == [made]
        stored = session.scalar(text("SELECT to_jsonb(v)::text FROM verification v"))
        assert said["family_name"] not in stored
        assert said["postcode"] not in stored
        session.rollback()


def test_one_wrong_answer_fails_and_one_answer_is_not_enough(city: LoadedCity, advisor: Actor) -> None:
    with city.database.transaction() as session:
        record, _, said = an_account_of_council_tax(session)
        wrong = {"postcode": said["postcode"], "date_of_birth": "01/01/1901"}
        assert not services.verify(session, advisor, record, wrong, now=city.clock.now()).passed
        with pytest.raises(Invalid):
            services.verify(
                session, advisor, record, {"postcode": said["postcode"], "phone": " "}, now=city.clock.now()
            )
        with pytest.raises(Invalid):
            services.verify(session, advisor, record, {"postcode": "x", "shoe_size": "9"}, now=city.clock.now())
        session.rollback()


def test_what_the_record_does_not_hold_is_never_right(city: LoadedCity, advisor: Actor) -> None:
    with city.database.transaction() as session:
        record, _, said = an_account_of_council_tax(session)
        assert "national_id" not in said
        answers = {"postcode": said["postcode"], "national_id": ""} | {"national_id": "None"}
        assert not services.verify(session, advisor, record, answers, now=city.clock.now()).passed
        session.rollback()


def test_a_resident_proves_one_record_and_is_granted_that_one_only(city: LoadedCity) -> None:
    with city.database.transaction() as session:
        who = resident(session, city)
        record, key, said = an_account_of_council_tax(session)
        made = services.prove(session, who, "council-tax", proof(key, said), now=city.clock.now())
        assert (made.passed, made.source_record_id) == (True, record)
        assert queries.granted_source_records(session, who.account_id) == [record]
        assert queries.account_of_source_record(session, record) == [who.account_id]
        golden = queries.golden_of_source_record(session, record)
        others = set(queries.source_records_of_golden(session, golden)) - {record}
        assert not others & set(queries.granted_source_records(session, who.account_id))
        session.rollback()


@pytest.mark.parametrize(
    "wrong",
    [
        {"council_tax_account": "799999999"},
        {"postcode": "ZF9 9ZZ"},
        {"date_of_birth": "01/01/1901"},
        {"family_name": "Nobody"},
    ],
)
def test_whatever_is_wrong_the_answer_is_the_same(city: LoadedCity, wrong: dict[str, str]) -> None:
    with city.database.transaction() as session:
        who = resident(session, city)
        _, key, said = an_account_of_council_tax(session)
        made = services.prove(session, who, "council-tax", proof(key, said, **wrong), now=city.clock.now())
        assert (made.passed, made.source_record_id, made.source_key) == (False, None, "")
        assert queries.granted_source_records(session, who.account_id) == []
        assert audit.search(session, action="customer.not_verified").items[0].object_id is None
        session.rollback()


def test_guessing_stops_after_five_times_and_starts_again_after_half_an_hour(city: LoadedCity) -> None:
    with city.database.transaction() as session:
        who, now = resident(session, city), city.clock.now()
        _, key, said = an_account_of_council_tax(session)
        for _ in range(5):
            services.prove(session, who, "council-tax", proof(key, said, postcode="ZF9 9ZZ"), now=now)
        with pytest.raises(TooMany):
            services.prove(session, who, "council-tax", proof(key, said), now=now)
        accomplice = Actor(
            ActorKind.RESIDENT, resident(session, city, "Ac Complice").account_id, "x", who.roles, who.address
        )
        with pytest.raises(TooMany):
            services.prove(session, accomplice, "council-tax", proof(key, said), now=now)
        later = services.prove(session, who, "council-tax", proof(key, said), now=now + timedelta(minutes=31))
        assert later.passed
        session.rollback()


def test_guessing_at_one_record_on_the_phone_stops_too(city: LoadedCity, advisor: Actor) -> None:
    with city.database.transaction() as session:
        record, _, said = an_account_of_council_tax(session)
        for _ in range(5):
            services.verify(
                session, advisor, record, {"postcode": "x", "date_of_birth": "1.1.1901"}, now=city.clock.now()
            )
        with pytest.raises(TooMany):
            services.verify(
                session, advisor, record, {"postcode": said["postcode"], "date_of_birth": "x"}, now=city.clock.now()
            )
        session.rollback()


def test_only_residents_prove_and_only_staff_verify(city: LoadedCity, advisor: Actor) -> None:
    with city.database.transaction() as session:
        who = resident(session, city)
        record, key, said = an_account_of_council_tax(session)
        with pytest.raises(NotAllowed):
            services.verify(session, who, record, {"postcode": "x", "phone": "y"}, now=city.clock.now())
        with pytest.raises(NotAllowed):
            services.prove(session, advisor, "council-tax", proof(key, said), now=city.clock.now())
        with pytest.raises(Invalid) as refused:
            services.prove(session, who, "council-tax", proof(key, said, postcode=" "), now=city.clock.now())
        assert list(refused.value.errors) == ["postcode"]
        assert {source.slug for source in queries.provable_sources(session)} == {"council-tax", "housing"}
        session.rollback()


def test_a_source_made_in_the_console_can_be_proved_by_too(city: LoadedCity) -> None:
    """What must be said is in the layout that the register holds, wherever the layout came from."""
    asked_for = ["council_tax_account", "postcode", "date_of_birth", "family_name"]
    with city.database.transaction() as session:
        who = resident(session, city)
        _, key, said = an_account_of_council_tax(session)
        session.execute(_IN_THE_CONSOLE, {"proof": json.dumps({"key": asked_for[0], "facts": asked_for[1:]})})
        [record] = send(session, [Sent("rents", key, said)], city.clock.now())
        assert "rents" in {source.slug for source in queries.provable_sources(session)}
        assert [asked.code for asked in queries.proof_questions(session, "rents")] == asked_for
        [asked] = queries.questions_for(session, source_record_id=record)
        assert asked.questions[0].code == "council_tax_account"
        made = services.prove(session, who, "rents", proof(key, said), now=city.clock.now())
        assert (made.passed, made.source_record_id) == (True, record)
        assert queries.proof_questions(session, "legacy-crm") == queries.proof_questions(session, "unheard-of") == ()
        session.rollback()


_IN_THE_CONSOLE = text(
    "INSERT INTO source_system (id, slug, name, unit_name, layout, committed, registered_at, layout_changed_at, connector_settings, "
    "watermark) SELECT gen_random_uuid(), 'rents', 'Rents', 'Housing', layout || jsonb_build_object('slug', 'rents', 'proof', "
    "CAST(:proof AS jsonb)), false, registered_at, registered_at, '{}', '{}' FROM source_system WHERE slug = 'council-tax'"
)
