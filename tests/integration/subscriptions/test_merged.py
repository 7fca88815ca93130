"""Two records become one customer, and two again: who gets what, and who sees what, stays right."""

from datetime import timedelta

from app.customers import queries as customers
from app.customers import services as customer_services
from tests.integration.subscriptions.conftest import Place, written_to

JO, JOSIE, OKAFOR = "jo.bloggs@example.com", "josie@resident.example", "okafor@resident.example"


def both(place: Place) -> None:
    """The one of the later side has followed longer."""
    place.by_letter(place.other)
    place.clock.advance(timedelta(days=1))
    place.by_letter(place.one)
    place.clock.advance(timedelta(days=1))


def test_a_merged_customer_gets_it_once_where_they_followed_first_and_each_again_after_an_unmerge(place: Place) -> None:
    both(place)
    merge = place.merged()
    assert place.sends().expected == 1
    assert written_to(place.db) == [OKAFOR]
    place.unmerged(merge)
    assert place.sends().expected == 2
    assert sorted(written_to(place.db)[1:]) == [JOSIE, OKAFOR]


def test_where_the_earliest_cannot_be_reached_it_goes_to_the_next(place: Place) -> None:
    place.by_letter(place.nobody)
    with place.db.transaction() as session:
        seen = customers.blast_radius(
            session, *(customers.golden_of_source_record(session, one) for one in (place.one, place.nobody))
        )  # type: ignore[arg-type]  # - both are matched
    place.clock.advance(timedelta(days=1))
    place.by_letter(place.one)
    with place.db.transaction() as session:
        customer_services.merge(
            session,
            place.steward,
            seen.kept_id,
            seen.gone_id,
            reason="One",
            revisions=seen.revisions,
            now=place.clock.now(),
        )
    assert place.sends().unreached == 0
    assert written_to(place.db) == [JOSIE]


def test_a_merge_while_it_is_sent_gives_nobody_a_second_one(place: Place) -> None:
    both(place)
    made = place.begins()
    assert place.batch(made, most=1) == 1
    place.merged()
    assert place.batch(made) == 0
    assert written_to(place.db) == [OKAFOR]


def test_an_unmerge_while_it_is_sent_leaves_nobody_without(place: Place) -> None:
    both(place)
    merge = place.merged()
    made = place.begins()
    assert place.batch(made, most=1) == 1
    place.unmerged(merge)
    place.finishes(made)
    assert sorted(written_to(place.db)) == [JOSIE, OKAFOR]


def test_an_account_and_a_record_of_one_customer_get_it_once(place: Place) -> None:
    jo = place.council.resident
    place.by_letter(place.one)
    place.clock.advance(timedelta(days=1))
    place.follows(jo)
    assert place.sends().expected == 2, "nobody knows yet that they are one"
    place.proves(jo, place.one)
    assert place.sends().expected == 1
    assert written_to(place.db)[2:] == [JO], "in the account that has shown to be theirs"


def test_a_wrong_merge_shows_nobody_what_another_follows(place: Place) -> None:
    """Invariant 6: a golden link grants nothing."""
    jo, ned = place.council.resident, place.council.neighbour
    place.proves(jo, place.one)
    place.proves(ned, place.other)
    place.by_letter(place.other)
    place.follows(jo)
    before = place.of(jo), place.of(ned)
    assert [len(rows) for rows in before] == [1, 1]
    assert before[0] != before[1]
    place.merged()
    assert (place.of(jo), place.of(ned)) == before


def test_the_blast_radius_names_what_they_follow_on_each_side(place: Place) -> None:
    both(place)
    place.follows(place.council.resident)
    place.proves(place.council.resident, place.one)
    place.sends()
    with place.db.reading() as session:
        stakes = customers.blast_radius(session, *place.goldens()).stakes
    sides = [{stake.told: (stake.count, stake.lines) for stake in side} for side in stakes]
    line = ("Bin collections", "E-mail")
    assert sorted(side["Subscriptions"] for side in sides) == [(1, (line,)), (2, (line, line))]
    assert sorted(side["Bulletins on their way by a record’s address"][0] for side in sides) == [0, 1]
