"""How a source's files are to be read: the committed TOML files, checked as they are read."""

import tomllib
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any, Literal

from app.customers.errors import UnknownSource

ATTRIBUTES = (
    "title", "given_name", "middle_name", "family_name", "organisation_name", "company_number", "date_of_birth", "gender", "national_id",
    "email", "phone", "phone_2", "unit", "building", "house_number", "street", "city", "postcode", "uprn",
)  # fmt: skip
"""What a source record can say of a customer, once parsed."""

MERGED = ("full_name", "address")
"""Columns that hold several attributes in one."""

WHEN = ("since", "until", "updated")
"""Dates of the row itself; they decide which of two values is the later one."""


NESTED = frozenset({"jsonl", "rows"})
"""Formats whose columns can hold objects and lists, into which a path such as `phones.0.number` leads."""

REGISTER = frozenset(
    {"purpose", "lawful_basis", "contact", "refresh_minutes", "refresh_at", "freshness_hours", "gone_percent"}
)
"""What a committed layout may say of its entry in the register when the source is registered first."""


@dataclass(frozen=True, slots=True)
class FileShape:
    """The file around the rows."""

    format: Literal["csv", "xlsx", "jsonl", "parquet", "rows"]
    columns: tuple[str, ...]
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str | None = None
    header_row: int = 1
    least_cells: int = 1


@dataclass(frozen=True, slots=True)
class RecordShape:
    """One source record that a row can hold: when it does, how it is called, and where its attributes are."""

    key: str | list[str]
    attributes: dict[str, str | list[str]]
    only: dict[str, str] = field(default_factory=dict)
    filled: str | None = None

    @property
    def key_columns(self) -> tuple[str, ...]:
        if isinstance(self.key, list):
            return tuple(self.key)
        return tuple(name for _, name, _, _ in Formatter().parse(self.key) if name)

    def key_of(self, values: dict[str, str]) -> str:
        """The record's key from the values of its key columns: by the pattern, or joined by dashes."""
        whole = "-".join(values.values()) if isinstance(self.key, list) else self.key.format(**values)
        return whole[:200]


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything that the register knows of a source."""

    slug: str
    name: str
    unit: str
    file: FileShape
    dates: dict[str, str]
    trust: dict[str, int]
    records: tuple[RecordShape, ...]
    proof: dict[str, Any] = field(default_factory=dict)
    register: dict[str, Any] = field(default_factory=dict)

    def trust_in(self, attribute: str) -> int:
        """0 to 100: how far this source is trusted for an attribute."""
        return self.trust.get(attribute, self.trust.get("other", 50))

    @property
    def proof_codes(self) -> tuple[str, ...]:
        """The questions that show somebody to be the person of a record, the one for its key first; none if nobody can."""
        return (self.proof["key"], *self.proof["facts"]) if self.proof else ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class BadLayout(ValueError):
    """A layout that names an attribute or a column that does not exist."""


def read_layout(content: dict[str, Any]) -> Layout:
    """A layout from its TOML (or its JSON in the register). Raises BadLayout for names that it does not explain."""
    shape = FileShape(**{**content["file"], "columns": tuple(content["file"]["columns"])})
    records = tuple(RecordShape(**record) for record in content["records"])
    layout = Layout(**{**content, "file": shape, "records": records})
    if strange := layout.register.keys() - REGISTER:
        raise BadLayout(f"{layout.slug}: the register has no {sorted(strange)}")
    for record in records:
        unknown = record.attributes.keys() - {*ATTRIBUTES, *MERGED, *WHEN}
        used = {*record.key_columns, *record.only, *([record.filled] if record.filled else ()), *_columns_of(record)}
        stray = {column.split(".")[0] for column in used} - set(shape.columns)
        if shape.format not in NESTED:
            stray = used - set(shape.columns)
        if unknown or stray:
            raise BadLayout(f"{layout.slug}: unknown attributes {sorted(unknown)}, unknown columns {sorted(stray)}")
    return layout


def _columns_of(record: RecordShape) -> list[str]:
    return [
        column for value in record.attributes.values() for column in (value if isinstance(value, list) else [value])
    ]


@cache
def committed_layouts() -> dict[str, Layout]:
    """The layouts that come with the house, by slug, in alphabetical order."""
    folder = files("app.customers").joinpath("layouts")
    texts = sorted((file.name, file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".toml"))
    layouts = [read_layout(tomllib.loads(text)) for _, text in texts]
    return {layout.slug: layout for layout in layouts}


def layout_of(slug: str) -> Layout:
    """The committed layout of a source; UnknownSource names those that there are."""
    layouts = committed_layouts()
    if slug not in layouts:
        raise UnknownSource(slug, ", ".join(layouts))
    return layouts[slug]
