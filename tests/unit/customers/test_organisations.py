"""Which records are one organisation: what is joined by itself, what is asked, and what nothing joins."""

from collections.abc import Sequence
from random import Random
from time import process_time
from uuid import UUID

import pytest

from app.customers.enums import HoldReason
from app.customers.matching.engine import explain_pair
from app.customers.matching.organisation_marks import SIMILAR, bodies_of, groups_of, near_pairs, similarity
from app.customers.matching.organisation_model import organisation_model, weigh
from app.customers.matching.organisations import cluster_organisations
from app.customers.matching.records import Current, Decisions
from app.customers.parsing.attributes import tidy_company_number

NORTHGATE = "Northgate Lettings Ltd"
HARBOUR_ROW = {"house_number": "5", "street": "Harbour Row", "city": "Hallowmere", "postcode": "ZF1 4EZ"}
HIGH_STREET = {"house_number": "12", "street": "High Street", "city": "Hallowmere", "postcode": "ZF2 8AA"}


def body(key: str, name: str = NORTHGATE, *, restricted: bool = False, **said: str) -> Current:
    """A record of an organisation."""
    attributes = {"organisation_name": name, **said}
    return Current(UUID(int=sum(key.encode())), "tax", "Tax", key, 1, attributes, None, restricted)


class Clustered:
    """Some records as they are clustered, by their keys."""

    def __init__(self, *records: Current, decisions: Decisions | None = None) -> None:
        bodies = bodies_of(records)
        near = near_pairs(groups_of(bodies), lambda places: {place: bodies[place].name for place in places})
        names = [(records[one].name, records[other].name) for one, other in near]
        found = cluster_organisations(records, names, decisions or Decisions())
        self.together = {tuple(sorted(records[place].key for place in group)) for group in found.members}
        self.asked = {(*sorted((records[pair.left].key, records[pair.right].key)), pair.reason) for pair in found.open}
        self.weights = [pair.weight for pair in found.links]


def apart(*pairs: tuple[str, str]) -> Decisions:
    return Decisions(different=tuple((f"tax:{one}", f"tax:{other}") for one, other in pairs))


def test_one_name_that_nothing_contradicts_is_one_organisation_wherever_it_pays() -> None:
    found = Clustered(
        body("a", **HARBOUR_ROW), body("b", "NORTHGATE LETTINGS LIMITED", **HIGH_STREET), body("c", "The Northgate Lettings")
    )  # fmt: skip
    assert (found.together, found.asked) == ({("a", "b", "c")}, set())
    assert min(found.weights) > 0


def test_one_number_under_names_that_are_alike_is_one_organisation() -> None:
    found = Clustered(
        body("a", company_number="ZZ100001"), body("b", "Northgate Letings", company_number="zz 100001"),
        body("c", "Northgate Lettings Agents Ltd", company_number="ZZ-100001"),
    )  # fmt: skip
    assert (found.together, found.asked) == ({("a", "b", "c")}, set())


def test_one_number_under_names_that_have_nothing_in_common_is_a_question() -> None:
    found = Clustered(body("a", company_number="ZZ100001"), body("b", "Samphire Care Ltd", company_number="ZZ100001"))
    assert found.together == {("a",), ("b",)}
    assert found.asked == {("a", "b", HoldReason.UNSURE)}


def test_one_name_with_two_numbers_is_a_question_and_never_a_merge_by_itself() -> None:
    same = {**HARBOUR_ROW, "phone": "07700 900101", "email": "office@northgate.example"}
    found = Clustered(body("a", company_number="ZZ100001", **same), body("b", company_number="ZZ100002", **same))
    assert found.together == {("a",), ("b",)}
    assert found.asked == {("a", "b", HoldReason.IDENTIFIER)}


def test_without_a_number_a_record_goes_where_it_shares_something_and_nowhere_if_it_fits_two() -> None:
    one, two = body("a", company_number="ZZ100001", phone="07700 900101"), body("b", company_number="ZZ100002")
    sharing = Clustered(one, two, body("c", phone="+44 7700 900101"))
    assert sharing.together == {("a", "c"), ("b",)}
    torn = Clustered(one, two, body("c", phone="07700 900777"))
    assert torn.together == {("a",), ("b",), ("c",)}
    assert {reason for *_, reason in torn.asked} == {HoldReason.IDENTIFIER, HoldReason.UNSURE}


def test_one_number_mistyped_does_not_break_up_an_organisation_of_many_records() -> None:
    many = [body(f"m{number}", company_number="ZZ100001" if number % 2 else "") for number in range(8)]
    found = Clustered(*many, body("x", company_number="ZZ100010"))
    assert found.together == {tuple(one.key for one in many), ("x",)}
    assert [reason for *_, reason in found.asked] == [HoldReason.IDENTIFIER]


def test_a_trading_name_at_two_places_that_share_nothing_is_a_question() -> None:
    here = body("a", "Newsagents", phone="01632 960141", **HARBOUR_ROW)
    there = body("b", "The Newsagents", phone="01632 960152", **HIGH_STREET)
    found = Clustered(here, there)
    assert found.together == {("a",), ("b",)}
    assert found.asked == {("a", "b", HoldReason.UNSURE)}
    branches = Clustered(
        body("a", "Newsagents Ltd", phone="01632 960141", **HARBOUR_ROW),
        body("b", "Newsagents Limited", phone="01632 960152", **HIGH_STREET),
    )
    assert branches.together == {("a", "b")}, "a registered name has one bearer, and a chain has many telephones"
    silent = Clustered(here, body("b", "The Newsagents", **HIGH_STREET))
    assert silent.together == {("a", "b")}, "who has no telephone contradicts nobody's"


@pytest.mark.parametrize(
    ("name", "shared"),
    [
        ("Northgate Letings Ltd", {"postcode": "ZF1 4EZ"}),
        ("Northgate Lettings Agents", {"phone": "07700 900101"}),
        ("Lettings Northgate", {"email": "office@northgate.example"}),
        ("Northgate", {"phone": "07700 900101"}),
        ("Northgate & Lettings", {"postcode": "ZF1 4EZ"}),
        ("North Gate Lettings", {"house_number": "5", "street": "Harbour Row", "city": "Hallowmere"}),
    ],
)
def test_similar_names_that_share_a_contact_or_a_place_are_a_question_with_a_weight(
    name: str, shared: dict[str, str]
) -> None:
    found = Clustered(body("a", **shared), body("b", name, **shared))
    assert found.together == {("a",), ("b",)}
    assert found.asked == {("a", "b", HoldReason.UNSURE)}
    assert Clustered(body("a"), body("b", name)).asked == set(), "a similar name alone is nothing"


def test_names_that_differ_in_a_number_are_not_similar() -> None:
    assert similarity([("plot 1 homes", "plot 2 homes"), ("plot homes", "plot 2 homes")]) == [0, 0]
    found = Clustered(body("a", "Plot 1 Homes Ltd", **HARBOUR_ROW), body("b", "Plot 2 Homes Ltd", **HARBOUR_ROW))
    assert found.asked == set()


def test_legal_forms_and_the_ampersand_make_no_difference_and_slips_little() -> None:
    names = [
        one.name for one in bodies_of([body("a", "Harbour & Sons Ltd."), body("b", "THE HARBOUR AND SONS LIMITED")])
    ]
    assert names[0] == names[1]
    assert (
        similarity([("harbour and sons", "sons and harbour"), ("harbour and sons", "harbor and sons")]) >= [SIMILAR] * 2
    )


def test_what_people_write_who_know_no_number_joins_nobody() -> None:
    found = Clustered(body("a", company_number="00000000"), body("b", "Samphire Care Ltd", company_number="00000000"))
    assert (found.together, found.asked) == ({("a",), ("b",)}, set())
    assert tidy_company_number(" 123456 ") == "00123456"
    assert tidy_company_number("sc 123456") == "SC123456"
    assert tidy_company_number("applied for") == "applied for"


def test_decisions_outrank_numbers_and_names() -> None:
    one, other = body("a", company_number="ZZ100001"), body("b", company_number="ZZ100001")
    told = Clustered(one, other, decisions=apart(("a", "b")))
    assert (told.together, told.asked) == ({("a",), ("b",)}, set())
    far = body("c", "Samphire Care Ltd", company_number="ZZ100002")
    joined = Clustered(one, far, decisions=Decisions(same=(("tax:a", "tax:c"),)))
    assert joined.together == {("a", "c")}


def test_a_chain_of_cannot_links_asks_each_about_the_first_that_is_left() -> None:
    shops = [
        body(f"s{number}", "Newsagents", phone=f"01632 96014{number}", postcode=f"ZF{number + 1} 1AA")
        for number in range(4)
    ]
    assert {pair[:2] for pair in Clustered(*shops).asked} == {("s0", "s1"), ("s0", "s2"), ("s0", "s3")}
    told = Clustered(*shops, decisions=apart(("s0", "s1"), ("s0", "s2")))
    assert {pair[:2] for pair in told.asked} == {("s0", "s3"), ("s1", "s2")}


def test_a_restricted_record_joins_nobody_by_itself() -> None:
    found = Clustered(body("a", company_number="ZZ100001"), body("b", company_number="ZZ100001", restricted=True))
    assert (found.together, found.asked) == ({("a",), ("b",)}, {("a", "b", HoldReason.RESTRICTED)})


def test_the_weights_are_explained_in_words_of_organisations() -> None:
    one, other = body("a", company_number="ZZ100001", **HARBOUR_ROW), body("b", "Northgate Letings", **HARBOUR_ROW)
    told = explain_pair(None, one, other)
    assert told is not None
    assert told.weight == pytest.approx(weigh([one, other], [(0, 1)])[0], abs=0.01)
    said = " ".join([told.words, *(bar.words for bar in told.fields), *(rival.words for rival in told.rivals)])
    assert "organisation" in said
    assert "person" not in said
    assert "people" not in said
    assert "records" not in said
    assert sum(bar.weight for bar in told.fields) + told.prior == pytest.approx(told.weight)


def test_weights_stand_where_the_decision_record_says() -> None:
    """docs/adr/0027: a name alone above even odds, with two numbers below; a slip at one address about even; a number above all."""

    def weight(one: dict[str, str], other: dict[str, str], name: str = NORTHGATE) -> float:
        return weigh([body("a", **one), body("b", name, **other)], [(0, 1)])[0]

    assert weight({}, {}) > 2.2, "no weak bridge by itself"
    assert weight({"company_number": "ZZ100001"}, {"company_number": "ZZ299999"}) < 0
    assert abs(weight(HARBOUR_ROW, HARBOUR_ROW, "Northgate Letings")) < 2
    shared = {**HARBOUR_ROW, "phone": "07700 900101"}
    by_number = weight({"company_number": "ZZ100001"}, {"company_number": "ZZ100001"}, "Northgate Letings")
    assert by_number > weight(shared, shared, "Northgate Letings")


def test_every_class_of_the_model_shares_out_every_field() -> None:
    model = organisation_model()
    for one in model.fields:
        levels = {label.partition(",")[0]: one.tables[:, place] for place, label in enumerate(one.labels) if place}
        for place, size in enumerate(model.sizes):
            if size:
                assert sum(shares[place] for shares in levels.values()) == pytest.approx(1, abs=0.02), one.name


def test_eight_times_as_many_take_about_eight_times_as_long() -> None:
    """So that a hundred thousand take a minute and not a day. Nobody compares every organisation with every other."""
    small, large = _seconds(_crowd(500)), _seconds(_crowd(4_000))
    assert large < 20 * max(small, 0.1), (small, large)


def _seconds(records: Sequence[Current]) -> float:
    began = process_time()
    Clustered(*records)
    return process_time() - began


def _crowd(count: int) -> list[Current]:
    """A tenth of them are one landlord's."""
    random = Random(5)
    words = [
        f"{start}{end}"
        for start in ("har", "nor", "mil", "sal", "ter", "gan")
        for end in ("bour", "gate", "ton", "mere", "wick")
    ]
    made = []
    for number in range(count):
        name = f"{random.choice(words)} {random.choice(words)} {random.choice(words)} Ltd" if number % 10 else NORTHGATE
        code = f"ZF{random.randrange(90)} {random.randrange(10)}{random.choice('ABDEFGHJ')}{random.choice('ABDEFGHJ')}"
        made.append(body(f"k{number:06d}", name, postcode=code, phone=f"07700 9{random.randrange(3 * count):05d}"))
    return made
