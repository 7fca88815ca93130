"""One spelling for every value: what must become equal, what must become missing, and what must stay apart."""

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.kinds import Kind
from mdm.standardise import is_day_first, split, standardise

COMPARED = [kind for kind in Kind if kind not in {Kind.ID, Kind.SOURCE, Kind.IGNORE}]

ALPHABETS = "abcxyzABCÉłŁß ñ'’-.,/&()0123456789@ਹਰਪ੍ਰੀਤ王小明محمد\u0301"
TEXTS = st.text(st.sampled_from(ALPHABETS), max_size=14) | st.text(max_size=10)


def one(value: str | None, kind: Kind, *, day_first: bool | None = None) -> str:
    return str(standardise(pl.Series([value], dtype=pl.String), kind, day_first=day_first)[0])


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("Łukasz", Kind.GIVEN_NAME, "lukasz"),
        ("e\u0301milie", Kind.GIVEN_NAME, "emilie"),
        ("Dr. John", Kind.GIVEN_NAME, "john"),
        ("John Jr.", Kind.GIVEN_NAME, "john"),
        ("小明", Kind.GIVEN_NAME, "xiaoming"),
        ("محمد", Kind.GIVEN_NAME, "mhmd"),
        ("ਸਿੰਘ", Kind.FAMILY_NAME, "singh"),
        ("O’Brien", Kind.FAMILY_NAME, "obrien"),
        ("O Brien", Kind.FAMILY_NAME, "obrien"),
        ("Kowalska-Nowak", Kind.FAMILY_NAME, "kowalska nowak"),
        ("Smith (née Jones)", Kind.FAMILY_NAME, "smith"),
        ("Lord", Kind.FAMILY_NAME, "lord"),
        ("Ma", Kind.FAMILY_NAME, "ma"),
        ("+44 (0)7700 900123", Kind.PHONE, "07700900123"),
        ("7700900123.0", Kind.PHONE, "07700900123"),
        ("020 7946 0123 ext 12", Kind.PHONE, "02079460123"),
        ("+48 600 123 456", Kind.PHONE, "48600123456"),
        ("Ann Lee <Ann.Lee+news@Example.org>", Kind.EMAIL, "ann.lee@example.org"),
        ("ann (at) x dot org", Kind.EMAIL, "ann@x.org"),
        ("a@googlemail.com", Kind.EMAIL, "a@gmail.com"),
        ("SW1A IAA", Kind.POSTCODE, "sw1a1aa"),
        ("2000.0", Kind.POSTCODE, "2000"),
        ("12 St. Johns St", Kind.ADDRESS_LINE, "12 saint johns street"),
        ("King's Cl", Kind.ADDRESS_LINE, "kings close"),
        ("No. 12 A", Kind.HOUSE_NUMBER, "12a"),
        ("12 - 14", Kind.HOUSE_NUMBER, "12-14"),
        ("Flat 3 B", Kind.UNIT, "3b"),
        ("Falt 3B", Kind.UNIT, "3b"),
        ("Flata 12", Kind.UNIT, "12"),
        ("flat6", Kind.UNIT, "6"),
        ("b12", Kind.UNIT, "b12"),
        ("City of Stoke-on-Trent", Kind.CITY, "stoke on trent"),
        ("The Acme Co. Ltd", Kind.ORGANISATION_NAME, "acme"),
        ("1234567", Kind.COMPANY_NUMBER, "01234567"),
        ("Female", Kind.GENDER, "f"),
        ("Other", Kind.GENDER, "x"),
    ],
)
def test_spellings_of_one_value_become_one(value, kind, expected):
    assert one(value, kind) == expected


@pytest.mark.parametrize("kind", COMPARED)
@pytest.mark.parametrize("value", [None, "", "  ", "-", "?", "N/A", "Unknown", "not known", "NULL", "nan"])
def test_placeholders_are_missing_in_every_kind(value, kind):
    assert not one(value, kind)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("01/01/1900", Kind.DATE_OF_BIRTH),
        ("9999-12-31", Kind.DATE_OF_BIRTH),
        ("0000-00-00", Kind.DATE_OF_BIRTH),
        ("99999", Kind.POSTCODE),
        ("ZZ99 3VZ", Kind.POSTCODE),
        ("00000000000", Kind.PHONE),
        ("12", Kind.PHONE),
        ("none@none.com", Kind.EMAIL),
        ("999999999", Kind.NATIONAL_ID),
        ("Mr", Kind.GIVEN_NAME),
        ("0", Kind.GENDER),
    ],
)
def test_placeholders_of_one_kind_are_missing(value, kind):
    assert not one(value, kind)


@pytest.mark.parametrize(
    "value",
    [
        "1971-05-03", "03/05/1971", "3.5.1971", "03-May-71", "3rd of May 1971", "May 3, 1971", "19710503", "03051971",
        "1971-05-03T10:00:00Z", "1971-05-03 00:00:00", "Mon 3 May 1971", "3 maja 1971", "3 mai 1971", "1971年5月3日",
        "੩/੫/੧੯੭੧", "٣/٥/١٩٧١", "26056", "26056.0", "71-05-03", "030571",
    ],
)  # fmt: skip
def test_one_day_in_every_form(value):
    assert one(value, Kind.DATE_OF_BIRTH) == "19710503"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1971", "19710101"), ("05/1971", "19710501"), ("May 1971", "19710501"), ("1971-00-00", "19710101"),
        ("c. 1850", "18500101"), ("04/25/1971", "19710425"), ("1st Jan 65", "19650101"), ("3/5/25", "20250503"),
        ("1971-13-45", "19711345"), ("19921539", "19921539"), ("soon", ""), ("3/5/197", ""),
    ],
)  # fmt: skip
def test_partial_ambiguous_and_impossible_dates(value, expected):
    assert one(value, Kind.DATE_OF_BIRTH) == expected


def test_a_column_that_is_clearly_month_first_is_read_so():
    american = pl.Series(["04/25/1971", "12/31/1980", "03/05/1971"])
    british = pl.Series(["25/04/1971", "31/12/1980", "03/05/1971"])
    assert not is_day_first(american)
    assert is_day_first(british)
    assert standardise(american, Kind.DATE_OF_BIRTH).to_list()[2] == "19710305"
    assert standardise(british, Kind.DATE_OF_BIRTH).to_list()[2] == "19710503"
    assert one("03/05/1971", Kind.DATE_OF_BIRTH, day_first=False) == "19710305"


@pytest.mark.parametrize("kind", COMPARED)
@given(values=st.lists(TEXTS | st.none(), max_size=6))
@settings(max_examples=25, deadline=None)
def test_standardising_twice_changes_nothing_and_loses_no_row(kind, values):
    once = standardise(pl.Series(values, dtype=pl.String), kind, day_first=True)
    assert len(once) == len(values)
    assert once.null_count() == 0
    assert standardise(once, kind, day_first=True).to_list() == once.to_list()


@given(values=st.lists(TEXTS, max_size=6), kind=st.sampled_from(COMPARED))
@settings(max_examples=60, deadline=None)
def test_each_value_stands_alone(values, kind):
    together = standardise(pl.Series(values, dtype=pl.String), kind, day_first=True).to_list()
    assert together == [one(value, kind, day_first=True) for value in values]
    assert all(value.isascii() for value in together)


def parts(column: list[str | None], kind: Kind) -> list[dict[str, str]]:
    table, kinds = split(pa.table({"x": pa.array(column, pa.string())}), {"x": kind})
    assert kinds["x"] is (Kind.IGNORE if len(kinds) > 1 else kind)
    rows = table.drop_columns(["x"]).to_pylist()
    return [{name.removeprefix("x."): value for name, value in row.items() if value} for row in rows]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SMITH, John A", ("john", "a", "smith")),
        ("SMITH John", ("john", "", "smith")),
        ("Dr John Smith Jr.", ("john", "", "smith")),
        ("Mr & Mrs J Smith", ("j", "", "smith")),
        ("John & Mary Smith", ("john", "", "smith")),
        ("John Smith and Mary Jones", ("john", "", "smith")),
        ("Ludwig van Beethoven", ("ludwig", "", "van beethoven")),
        ("Maria José de la Cruz", ("maria", "jose", "de la cruz")),
        ("Smith-Jones, Anne-Marie", ("anne-marie", "", "smith-jones")),
        ("john hamilton, 1st viscount sumner", ("john", "", "hamilton")),
        ("王小明", ("xiaoming", "", "wang")),
        ("欧阳伟", ("wei", "", "ouyang")),
        ("paul", ("paul", "", "")),
        ("Smithers", ("", "", "smithers")),
        ("Unknown", ("", "", "")),
        (None, ("", "", "")),
    ],
)
def test_whole_names_are_cut(name, expected):
    cut = parts([name, "Ada Byron Lovelace"], Kind.FULL_NAME)[0]
    assert tuple(cut.get(part, "") for part in ("given_name", "middle_name", "family_name")) == expected


def test_a_column_that_runs_family_first_is_cut_so():
    cut = parts(["Smith John", "Jones Mary", "Brown Peter A", "Lee David", "Nowak Anna", "Khan Ali"], Kind.FULL_NAME)
    assert [row["given_name"] for row in cut] == ["john", "mary", "peter", "david", "anna", "ali"]
    assert cut[2]["middle_name"] == "a"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("Flat 3, 12 High Street, Leeds LS1 4AB", ("3", "12", "high street", "leeds", "", "ls1 4ab")),
        ("12 High St Leeds", ("", "12", "high st", "leeds", "", "")),
        ("Rose Cottage, Mill Lane, Otley, West Yorkshire LS21 1AB",
         ("", "rose cottage", "mill lane", "otley", "west yorkshire", "ls21 1ab")),
        ("12A Acacia Avenue\nCroydon\nCR0 1AA, UK", ("", "12a", "acacia avenue", "croydon", "", "cr0 1aa")),
        ("3/12 George St, Sydney 2000", ("3", "12", "george st", "sydney", "", "2000")),
        ("1st Avenue, Hull", ("", "", "1st avenue", "hull", "", "")),
        ("", ("", "", "", "", "", "")),
    ],
)  # fmt: skip
def test_whole_addresses_are_cut(address, expected):
    full = "Flat 1, 1 Main Street, Leeds, West Yorkshire, LS1 1AA"
    cut = parts([address, full], Kind.ADDRESS)[0]
    names = ("unit", "house_number", "address_line", "city", "region", "postcode")
    assert tuple(cut.get(name, "") for name in names) == expected


def test_lines_with_house_numbers_are_cut_and_others_are_not():
    assert parts(["Flat 3, 12 High Street", "7a Oak Ave"], Kind.ADDRESS_LINE) == [
        {"unit": "3", "house_number": "12", "address_line": "high street"},
        {"house_number": "7a", "address_line": "oak ave"},
    ]
    assert parts(["High Street", "Mill Lane"], Kind.ADDRESS_LINE) == [{}, {}]


def test_a_part_that_has_its_own_column_is_left_alone():
    table = pa.table({"name": ["John Smith"], "surname": ["Smythe"], "name.given_name": ["taken"]})
    cut, kinds = split(table, {"name": Kind.FULL_NAME, "surname": Kind.FAMILY_NAME, "name.given_name": Kind.IGNORE})
    assert kinds == {
        "name": Kind.IGNORE,
        "surname": Kind.FAMILY_NAME,
        "name.given_name": Kind.IGNORE,
        "name.given_name_": Kind.GIVEN_NAME,
    }
    assert cut["name.given_name_"].to_pylist() == ["john"]


@given(st.lists(TEXTS | st.none(), min_size=1, max_size=5), st.sampled_from([Kind.FULL_NAME, Kind.ADDRESS]))
@settings(max_examples=80, deadline=None)
def test_cutting_never_fails_and_keeps_the_rows(values, kind):
    table, _ = split(pa.table({"x": pa.array(values, pa.string())}), {"x": kind})
    assert table.num_rows == len(values)
