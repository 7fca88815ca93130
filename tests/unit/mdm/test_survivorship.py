"""Which value survives, why, and that nothing but the set of records decides it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.errors import BadRules, DuplicateIds
from mdm.kinds import Kind
from mdm.survivorship import Decided, Pin, Rules, SourceRecord, survive

CRM = SourceRecord(
    "crm:1", "crm", {"given_name": "JOHN", "city": "Leeds", "postcode": "LS1 4AB"}, datetime(2020, 1, 1, tzinfo=UTC)
)
TAX = SourceRecord(
    "tax:9", "tax", {"given_name": "John", "city": "York", "phone": "n/a"}, datetime(2023, 1, 1, tzinfo=UTC)
)
LIBRARY = SourceRecord("lib:3", "library", {"given_name": "J", "city": "Leeds", "postcode": None})
ALL = [CRM, TAX, LIBRARY]


def by(*order: str, **more: object) -> Rules:
    return Rules(usual=order, **more)


@pytest.mark.parametrize(
    ("rules", "city", "decided", "why"),
    [
        (by("trusted_source", trusted=("library", "tax")), "Leeds", Decided.TRUSTED_SOURCE, "comes from library"),
        (by("trusted_source", trusted=("tax",)), "York", Decided.TRUSTED_SOURCE, "comes from tax"),
        (by("most_recent"), "York", Decided.MOST_RECENT, "on 2023-01-01"),
        (by("most_frequent"), "Leeds", Decided.MOST_FREQUENT, "2 of 3"),
        (by("most_complete"), "Leeds", Decided.MOST_COMPLETE, "most complete"),
        (by(), "Leeds", Decided.TIE_BREAK, "crm:1 comes first"),
        (by("trusted_source", "most_recent"), "York", Decided.MOST_RECENT, "on 2023-01-01"),
    ],
)
def test_each_rule_decides_and_says_so(rules, city, decided, why):
    survivor = survive(ALL, rules)["city"]
    assert (survivor.value, survivor.by) == (city, decided)
    assert why in survivor.why
    beaten = survivor.beat[0]
    assert {survivor.value, beaten.value} == {"Leeds", "York"}
    assert set(survivor.records) | set(beaten.records) == {"crm:1", "tax:9", "lib:3"}
    assert beaten.by is decided


def test_the_spelling_shown_and_its_provenance():
    survivor = survive(ALL, by("most_frequent"))["given_name"]
    assert (survivor.value, survivor.records) == ("John", ("crm:1", "tax:9"))
    assert survivor.since == datetime(2020, 1, 1, tzinfo=UTC)
    assert [(beaten.value, beaten.records) for beaten in survivor.beat] == [("J", ("lib:3",))]


def test_a_value_that_no_one_contradicts_and_one_that_no_one_gives():
    golden = survive(ALL, Rules())
    assert golden["postcode"].by is Decided.ONLY_VALUE
    assert golden["postcode"].beat == ()
    assert "phone" not in golden
    assert golden.values == {"given_name": "John", "city": "York", "postcode": "LS1 4AB"}
    assert survive([], Rules()).values == {}


@pytest.mark.parametrize(
    ("attribute", "good", "bad"),
    [
        ("date_of_birth", "1971-06-30", "31/06/1971"),
        ("postcode", "LS1 4AB", "LS1"),
        ("email", "a@b.org", "a@b"),
        ("phone", "07700 900123", "0770090"),
        ("given_name", "Ann", "Ann3"),
        ("company_number", "01234567", "123"),
    ],
)
def test_a_valid_value_comes_before_an_invalid_one(attribute, good, bad):
    records = [SourceRecord("a", "a", {attribute: bad}), SourceRecord("b", "b", {attribute: good})]
    survivor = survive(records, by("valid_first"))[attribute]
    assert (survivor.value, survivor.by) == (good, Decided.VALID_FIRST)


def test_one_day_written_twice_is_one_value_in_one_form():
    values = ["03/05/1971", "1971-05-03", "3 May 1971", "19710503"]
    records = [SourceRecord(str(n), "s", {"born": value}) for n, value in enumerate(values)]
    survivor = survive(records, Rules(kinds={"born": Kind.DATE_OF_BIRTH}))["born"]
    assert (survivor.value, survivor.records, survivor.beat) == ("1971-05-03", ("0", "1", "2", "3"), ())


def test_what_belongs_together_comes_from_one_record():
    golden = survive(ALL, by("most_recent", together=(("city", "postcode"),)))
    assert golden["city"].value == "York"
    assert "postcode" not in golden
    golden = survive(ALL, by("most_complete", together=(("city", "postcode"),)))
    assert (golden["city"].value, golden["postcode"].value) == ("Leeds", "LS1 4AB")
    assert golden["city"].records == golden["postcode"].records == ("crm:1",)


def test_an_attribute_may_have_an_order_and_a_trust_of_its_own():
    rules = Rules({"city": ("trusted_source",)}, trusted=("crm",), trusted_by_attribute={"city": ("tax",)})
    assert survive(ALL, rules)["city"].value == "York"


def test_a_pin_outranks_every_rule_and_keeps_what_it_beat():
    golden = survive(ALL, by("most_recent"), [Pin("city", record="crm:1", reason="seen at the counter")])
    city = golden["city"]
    assert (city.value, city.by, city.records) == ("Leeds", Decided.PIN, ("crm:1", "lib:3"))
    assert city.why == "A steward chose it: seen at the counter"
    assert [(beaten.value, beaten.by) for beaten in city.beat] == [("York", Decided.PIN)]


def test_a_pinned_value_needs_no_record_and_a_pin_to_a_record_waits_for_it():
    assert survive(ALL, Rules(), [Pin("city", value="Hull")])["city"].records == ()
    assert survive(ALL, Rules(), [Pin("city", value="")])["city"].value == ""
    assert survive([TAX], Rules(), [Pin("city", record="crm:1")])["city"].value == "York"
    assert survive([], Rules(), [Pin("city", value="Hull")]).values == {"city": "Hull"}


@pytest.mark.parametrize(
    "pins", [[Pin("city", value="a"), Pin("city", value="b")], [Pin("city")], [Pin("city", "a", "b")]]
)
def test_pins_that_contradict_or_say_nothing_are_refused(pins):
    with pytest.raises(BadRules):
        survive(ALL, Rules(), pins)


@pytest.mark.parametrize(
    "arguments",
    [
        {"usual": ("newest",)},
        {"by_attribute": {"city": ("most_recent", "most_recent")}},
        {"together": (("a", "b"), ("b",))},
    ],
)
def test_rules_that_do_not_exist_or_contradict_are_refused(arguments):
    with pytest.raises(BadRules):
        Rules(**arguments)


def test_two_records_cannot_have_one_key():
    with pytest.raises(DuplicateIds, match="crm:1"):
        survive([CRM, SourceRecord("crm:1", "crm", {})], Rules())


def test_a_time_without_a_zone_is_universal_time():
    naive = SourceRecord("n", "n", {"city": "Hull"}, datetime(2024, 1, 1))  # noqa: DTZ001 - a naive datetime is what is tried
    assert survive([*ALL, naive], by("most_recent"))["city"].value == "Hull"


VALUES = st.sampled_from(["Leeds", "LEEDS", "York", "Hull", "n/a", "", None, "Bath "])
ORDERS = st.permutations(["trusted_source", "most_recent", "most_frequent", "most_complete", "valid_first"])


@st.composite
def record_sets(draw):
    times = st.none() | st.integers(1, 3).map(lambda day: datetime(2024, 1, day, tzinfo=UTC))
    return [
        SourceRecord(f"k{n}", draw(st.sampled_from("abc")), {"city": draw(VALUES), "email": draw(VALUES)}, draw(times))
        for n in range(draw(st.integers(0, 5)))
    ]


@given(records=record_sets(), order=ORDERS, take=st.integers(0, 5), data=st.data())
@settings(max_examples=120, deadline=None)
def test_survival_is_a_function_of_the_set(records, order, take, data):
    rules = Rules(usual=order[:take], trusted=("b", "a"))
    golden = survive(records, rules)
    assert survive(data.draw(st.permutations(records)), rules) == golden
    assert survive([*records, *records], rules) == golden


@given(records=record_sets(), order=ORDERS)
@settings(max_examples=60, deadline=None)
def test_every_value_is_accounted_for_and_survival_is_stable(records, order):
    rules = Rules(usual=order, trusted=("b", "a"))
    golden = survive(records, rules)
    for attribute, survivor in golden.survivors.items():
        told = sorted([*survivor.records, *(key for beaten in survivor.beat for key in beaten.records)])
        said = {record.key for record in records if record.values[attribute] not in {None, "", "n/a"}}
        assert told == sorted(said)
    supporters = [record for record in records if "city" in golden and record.key in golden["city"].records]
    if supporters:
        assert survive(supporters, rules)["city"].value == golden["city"].value
