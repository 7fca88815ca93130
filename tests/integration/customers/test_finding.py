"""Finding people by what they say on the phone."""

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.customers import queries, services
from app.customers.enums import ReasonKind
from app.customers.finding.words import meanings
from app.customers.rows import Criteria
from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import Invalid, NotAllowed
from tests.support.customers import LoadedCity


def somebody(session: Session, condition: str = "true", *, skip: int = 0) -> object:
    statement = (
        "SELECT * FROM golden_record WHERE live AND kind = 'person' AND size > 1 AND date_of_birth IS NOT NULL "
        "AND phone <> '' AND email <> '' AND postcode <> '' AND length(split_part(display_name, ' ', 2)) > 3 "
        f"AND array_length(string_to_array(display_name, ' '), 1) >= 3 AND {condition} ORDER BY id LIMIT 1 OFFSET {skip}"
    )
    return session.execute(text(statement)).one()


def mistyped(word: str, rng: random.Random) -> str:
    place, letter = rng.randrange(1, len(word)), rng.choice("abcdefghijklmnoprstuvwy")
    return rng.choice(
        (
            word[:place] + letter + word[place + 1 :],
            word[:place] + letter + word[place:],
            word[:place] + word[place + 1 :],
        )
    )


def slip(text_: str, rng: random.Random) -> str:
    place = rng.choice([place for place, character in enumerate(text_) if character.isdigit()])
    return text_[:place] + rng.choice("0123456789") + text_[place + 1 :]


def test_a_caller_is_found_by_two_fields_with_typing_mistakes_in_both(city: LoadedCity, advisor: Actor) -> None:
    rng, found = random.Random(2026), 0
    with city.database.reading() as session:
        for number in range(40):
            caller = somebody(session, skip=number * 3)
            names = caller.display_name.split()
            name = f"{mistyped(names[1], rng)} {mistyped(names[-1], rng)}"
            criteria = Criteria(
                name=name,
                date_of_birth=caller.date_of_birth.strftime("%d/%m/") + slip(str(caller.date_of_birth.year), rng),
            )
            if number % 2:
                criteria = Criteria(name=name, phone=slip(caller.phone, rng))
            found += caller.id in [row.golden_id for row in queries.find(session, advisor, criteria)[:3]]
    assert found >= 39


@pytest.mark.parametrize("field", ["phone", "email", "postcode"])
def test_one_exact_thing_is_enough(city: LoadedCity, advisor: Actor, field: str) -> None:
    with city.database.reading() as session:
        caller = somebody(session)
        found = queries.find(session, advisor, Criteria(**{field: getattr(caller, field)}), limit=100)
    assert caller.id in [row.golden_id for row in found]
    assert found[0].reasons[0].kind is ReasonKind.EXACT


def test_a_source_reference_finds_its_people_with_or_without_the_last_part(city: LoadedCity, advisor: Actor) -> None:
    with city.database.reading() as session:
        key, golden = session.execute(
            text(
                "SELECT r.key, l.golden_id FROM source_record r JOIN link l ON l.source_record_id = r.id WHERE key LIKE '7%-1' ORDER BY key LIMIT 1"
            )
        ).one()
        for typed in (key, key.lower(), key.removesuffix("-1")):
            assert golden in [row.golden_id for row in queries.find(session, advisor, Criteria(reference=typed))]


def test_the_reason_says_what_was_typed_and_what_is_held(city: LoadedCity, advisor: Actor) -> None:
    with city.database.reading() as session:
        caller = somebody(session)
        family = caller.display_name.split()[-1]
        found = queries.find(session, advisor, Criteria(name=family[:-1] + "q", postcode=caller.postcode))
    [row] = [row for row in found if row.golden_id == caller.id]
    name, postcode = row.reasons
    assert (name.field, name.kind, name.typed) == ("name", ReasonKind.CLOSE, family[:-1] + "q")
    assert name.held.lower() == family.lower().replace("'", "")
    assert (postcode.field, postcode.kind) == ("postcode", ReasonKind.EXACT)
    assert row.sources


@pytest.mark.parametrize(
    ("criteria", "field"),
    [(Criteria(), "name"), (Criteria(name="  "), "name"), (Criteria(date_of_birth="soon"), "date_of_birth")],
)
def test_nothing_to_search_for_is_said_at_the_field(
    city: LoadedCity, advisor: Actor, criteria: Criteria, field: str
) -> None:
    with city.database.reading() as session, pytest.raises(Invalid) as refused:
        queries.find(session, advisor, criteria)
    assert list(refused.value.errors) == [field]


@pytest.mark.parametrize("hostile", ["%", "' OR 1=1 --", "_" * 50, "\\", "()[]{}*+?", "🦆", "a" * 2000, "\u200b"])
def test_hostile_text_is_only_text(city: LoadedCity, advisor: Actor, hostile: str) -> None:
    with city.database.reading() as session:
        for field in ("name", "address", "postcode", "phone", "email", "reference"):
            try:
                found = queries.find(session, advisor, Criteria(**{field: hostile}))
            except Invalid:
                continue
            assert len(found) <= 20


def test_residents_search_for_nobody(city: LoadedCity) -> None:
    with city.database.reading() as session, pytest.raises(NotAllowed):
        queries.find(session, Actor(ActorKind.RESIDENT), Criteria(name="Smith"))


def test_a_restricted_customer_is_not_found_by_where_they_live_and_shows_nothing(
    city: LoadedCity, advisor: Actor, steward: Actor
) -> None:
    with city.database.transaction() as session:
        caller = somebody(session)
        record = queries.source_records_of_golden(session, caller.id)[0]
        services.restrict(session, steward, record, reason="Court order", now=city.clock.now())
        for criteria in (
            Criteria(postcode=caller.postcode),
            Criteria(address=caller.address),
            Criteria(phone=caller.phone),
            Criteria(email=caller.email),
        ):
            assert caller.id not in [row.golden_id for row in queries.find(session, advisor, criteria)]
        name = " ".join(caller.display_name.split()[1:])
        criteria = Criteria(name=name, date_of_birth=caller.date_of_birth.isoformat(), postcode="ZF1 1AA")
        [row] = [row for row in queries.find(session, advisor, criteria) if row.golden_id == caller.id]
        assert row.restricted
        assert (row.name, row.address, row.postcode, row.phone, row.email, row.date_of_birth) == (
            "",
            "",
            "",
            "",
            "",
            None,
        )
        assert all(not reason.held for reason in row.reasons)
        assert "postcode" not in [reason.field for reason in row.reasons]
        session.rollback()


def test_the_one_box_forgives_a_slip_in_every_word(city: LoadedCity, advisor: Actor) -> None:
    rng, found = random.Random(7), 0
    with city.database.reading() as session:
        for number in range(30):
            caller = somebody(session, "NOT restricted", skip=number * 5)
            names = caller.display_name.split()
            spelt = [mistyped(names[1].lower(), rng), mistyped(names[-1].lower(), rng)]
            rng.shuffle(spelt)
            typed = " ".join([*spelt, caller.postcode[:-2] if number % 2 else str(caller.date_of_birth.year)])
            found += caller.id in [row.golden_id for row in queries.search(session, advisor, typed, limit=10)]
    assert found >= 29


@pytest.mark.parametrize(
    "write",
    [
        lambda given, family, _one: f"{family}, {given}",
        lambda given, family, one: f"{given[0]} {family} {one.date_of_birth.year}",
        lambda _given, family, one: f"{family} {one.address.split(',')[0]}",
        lambda given, family, one: f"{family} {one.postcode.split()[0]} {given}",
        lambda _given, _family, one: one.phone,
        lambda _given, _family, one: one.email[:3] + one.email[4:],
        lambda given, _family, one: f"{given} {one.date_of_birth:%d %B %Y}",
        lambda _given, _family, one: str(one.id),
    ],
)
def test_the_one_box_takes_names_in_any_order_initials_and_everything_else(
    city: LoadedCity, advisor: Actor, write: Callable[[str, str, Any], str]
) -> None:
    with city.database.reading() as session:
        caller = somebody(session, "NOT restricted AND address <> ''", skip=11)
        names = caller.display_name.split()
        typed = write(names[1], names[-1], caller)
        assert caller.id in [row.golden_id for row in queries.search(session, advisor, typed)], typed


@pytest.mark.parametrize(
    ("typed", "held"), [("bob", "robert"), ("liz", "elizabeth"), ("fillip", "philip"), ("kathryn", "catherine")]
)
def test_nicknames_and_sounds_lead_to_the_name(city: LoadedCity, typed: str, held: str) -> None:
    with city.database.transaction() as session:
        session.execute(
            text("INSERT INTO search_word (kind, word, held) VALUES ('n', :word, 1) ON CONFLICT DO NOTHING"),
            {"word": held},
        )
        assert held in meanings(session, [typed], [])[typed].name
        session.rollback()


WORDS_AS_THEY_SHOULD_BE = text(
    "SELECT count(*) FROM (SELECT w.kind, w.word, count(*) AS held FROM golden_search s "
    "CROSS JOIN LATERAL search_words_of(s.names, s.addresses, s.postcodes) w GROUP BY 1, 2) AS counted "
    "FULL JOIN search_word k ON k.kind = counted.kind AND k.word = counted.word WHERE k.held IS DISTINCT FROM counted.held"
)


def test_what_is_found_follows_what_is_held_in_the_same_transaction(
    city: LoadedCity, advisor: Actor, steward: Actor
) -> None:
    with city.database.transaction() as session:
        assert session.scalar(WORDS_AS_THEY_SHOULD_BE) == 0
        caller = somebody(session, "NOT restricted AND address <> ''", skip=8)
        services.restrict(
            session,
            steward,
            queries.source_records_of_golden(session, caller.id)[0],
            reason="Court order",
            now=city.clock.now(),
        )
        assert session.scalar(WORDS_AS_THEY_SHOULD_BE) == 0
        session.execute(
            text("UPDATE golden_search SET names = 'quxworth zebedee' WHERE golden_id = :id"), {"id": caller.id}
        )
        assert session.scalar(WORDS_AS_THEY_SHOULD_BE) == 0
        assert queries.search(session, advisor, "zebdee quxwort")[0].golden_id == caller.id
        session.execute(text("DELETE FROM golden_search WHERE golden_id = :id"), {"id": caller.id})
        assert session.scalar(WORDS_AS_THEY_SHOULD_BE) == 0
        assert session.scalar(text("SELECT count(*) FROM search_word WHERE word IN ('quxworth', 'zebedee')")) == 0
        assert queries.search(session, advisor, "zebedee quxworth") == []
        session.rollback()


def test_nobody_restricted_is_suggested_and_a_text_too_short_suggests_nobody(
    city: LoadedCity, advisor: Actor, steward: Actor
) -> None:
    with city.database.transaction() as session:
        caller = somebody(session, "NOT restricted", skip=6)
        name = " ".join(caller.display_name.split()[1:])
        assert caller.id in [row.golden_id for row in queries.suggest(session, advisor, name)]
        assert caller.id in [row.golden_id for row in queries.suggest(session, advisor, f"{name[:-2]}", limit=20)]
        assert queries.suggest(session, advisor, name[:2]) == []
        services.restrict(
            session,
            steward,
            queries.source_records_of_golden(session, caller.id)[0],
            reason="Court order",
            now=city.clock.now(),
        )
        assert caller.id not in [row.golden_id for row in queries.suggest(session, advisor, name, limit=20)]
        session.rollback()


@pytest.mark.parametrize(
    "hostile", ["%", "' OR 1=1 --", "_" * 50, "\\", "()[]{}*+?", "🦆", "a" * 2000, "\u200b", "1 " * 200, "@", "FP-"]
)
def test_hostile_text_in_the_box_is_only_text(city: LoadedCity, advisor: Actor, hostile: str) -> None:
    with city.database.reading() as session:
        queries.suggest(session, advisor, hostile)
        with suppress(Invalid):
            assert len(queries.search(session, advisor, hostile)) <= 20
