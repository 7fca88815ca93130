"""What stewards fill in about sources."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.validators import Regexp

from agent_console.wording_sources import BASES, CONNECTORS, EVERY, KINDS
from app.customers.enums import ConnectorKind, LawfulBasis
from app.customers.rows import Entry, RegisterRow
from app.web.forms import Choice, Form, LongText, Password, Pick, Text, Upload, YesNo, at_most, needed
from app.web.i18n import gettext

QUIET: dict[str, Any] = {"autocomplete": "off", "spellcheck": "false"}
NARROW: dict[str, Any] = {"params": {"classes": "govuk-input--width-3"}, "inputmode": "numeric"}
NUMBER = Regexp(r"^\d{0,6}$", message=_l("Enter a whole number"))


class SampleForm(Form):
    """A file to learn from."""

    sample = Upload(
        _l("Upload a sample"),
        description=_l("CSV, TSV, Excel (.xlsx), JSON Lines or Parquet. The first rows of a real file are best"),
        validators=[needed(_l("Choose a file"))],
    )


class ColumnsForm(Form):
    """What each column holds; `asking` adds a list for each."""

    @classmethod
    def asking(cls, columns: Iterable[str], chosen: Mapping[str, str] | None = None) -> "ColumnsForm":
        names = list(columns)
        choices = list(KINDS.items())
        lists: dict[str, Any] = {
            f"c{place}": Pick(gettext("What “%(column)s” holds", column=name), choices=choices)
            for place, name in enumerate(names)
        }
        asked: type[ColumnsForm] = type("AskedColumnsForm", (cls,), lists)
        form = asked(data={f"c{place}": (chosen or {}).get(name, "ignore") for place, name in enumerate(names)})
        form.names = names
        return form

    names: list[str]

    def lists(self) -> list[tuple[str, Field]]:
        return [(name, self[f"c{place}"]) for place, name in enumerate(self.names)]

    def chosen(self) -> dict[str, str]:
        return {name: field.data for name, field in self.lists()}

    def places(self) -> dict[str, str]:
        """Column → the field's name, for errors that are told by column."""
        return {name: f"c{place}" for place, name in enumerate(self.names)}


class EntryForm(Form):
    """What the register wants to know."""

    name = Text(_l("Name of the source"), validators=[needed(_l("Enter the name of the source")), at_most(120)])
    unit_name = Pick(_l("Owning unit"), validators=[needed(_l("Choose the unit that owns the records"))])
    purpose = LongText(
        _l("What are the records used for?"),
        description=_l("In one or two sentences that a customer would understand"),
        validators=[needed(_l("Say what the records are used for"))],
        rows=2,
        longest=500,
    )
    lawful_basis = Choice(
        _l("Lawful basis"),
        choices=[(basis.value, text) for basis, text in BASES.items()],
        validators=[needed(_l("Choose the lawful basis"))],
    )
    contact = Text(
        _l("Who to ask about it"),
        description=_l("A name or an e-mail address"),
        validators=[needed(_l("Say who can be asked about the source")), at_most(200)],
    )
    freshness_hours = Text(
        _l("Freshness promise in hours (optional)"),
        description=_l("How old the records may become, 26 for a file that comes each night, say"),
        validators=[NUMBER],
        render_kw=QUIET | NARROW,
    )
    gone_percent = Text(
        _l("Stop a full load in which more than this share of records is gone"),
        description=_l("In percent. A person is then asked, and gives a reason"),
        validators=[needed(_l("Enter a number from 0 to 100")), Regexp(r"^(?:\d{1,2}|100)$", message=_l("Enter a number from 0 to 100"))],
        default="10",
        render_kw=QUIET | NARROW,
    )  # fmt: skip

    def offer(self, units: Iterable[str], present: str = "") -> None:
        names = sorted({*units, present} - {""})
        self.unit_name.choices = [("", gettext("Choose a unit")), *((name, gettext(name)) for name in names)]

    @classmethod
    def showing(cls, entry: Entry) -> "EntryForm":
        return cls(
            name=entry.name, unit_name=entry.unit_name, purpose=entry.purpose, lawful_basis=entry.lawful_basis.value,
            contact=entry.contact, freshness_hours=str(entry.freshness_hours or ""), gone_percent=str(entry.gone_percent),
        )  # fmt: skip

    def entry(self) -> Entry:
        return Entry(
            self.name.data, self.unit_name.data, self.purpose.data, LawfulBasis(self.lawful_basis.data), self.contact.data,
            int(self.freshness_hours.data or 0) or None, int(self.gone_percent.data),
        )  # fmt: skip


class LoadForm(Form):
    """A file to be loaded."""

    file = Upload(_l("File"), validators=[needed(_l("Choose a file"))])
    full = Choice(
        _l("What does the file hold?"),
        choices=[("yes", _l("Every record of the source: what it lacks is gone")), ("no", _l("Only what is new or has changed"))],
        default="yes",
        validators=[needed(_l("Say what the file holds"))],
    )  # fmt: skip
    how = Choice(
        _l("What do you want to do?"),
        choices=[("rehearse", _l("Rehearse first: see what would happen")), ("load", _l("Load it now"))],
        default="rehearse",
        validators=[needed(_l("Choose what to do"))],
    )


class ReasonForm(Form):
    """Why something out of the ordinary is done."""

    reason = Text(_l("Reason"), validators=[needed(_l("Give a reason")), at_most(500)])


class ConnectorForm(Form):
    """How the records arrive. Only the questions of the chosen way count."""

    kind = Choice(
        _l("How do the records arrive?"),
        choices=[(kind.value, text) for kind, text in CONNECTORS.items()],
        validators=[needed(_l("Choose how the records arrive"))],
    )
    path = Text(_l("File or folder, below the folder for sources"), render_kw=QUIET)
    pattern = Text(_l("Which files of the folder"), description=_l("For example *.csv"), render_kw=QUIET)
    full = YesNo(_l("Each file holds every record of the source"))
    query = Text(_l("Table, view or SELECT statement"), render_kw=QUIET)
    key = Text(_l("Column that identifies a row"), render_kw=QUIET)
    mark = Text(
        _l("Column with the time of the last change (optional)"),
        description=_l("With it, only what has changed is read"),
        render_kw=QUIET,
    )
    url = Text(_l("Web address"), render_kw=QUIET | {"inputmode": "url"})
    items = Text(
        _l("Where the records stand in the answer"),
        description=_l("For example data.records; empty if the answer is a list"),
        render_kw=QUIET,
    )
    paging = Pick(
        _l("Pages"),
        choices=[("none", _l("Everything comes at once")), ("page", _l("Pages have numbers")), ("next", _l("The answer names the next page"))],
    )  # fmt: skip
    page_name = Text(_l("Name of the page number in the address"), description=_l("For example page"), render_kw=QUIET)
    next_path = Text(
        _l("Where the next page's address stands"), description=_l("For example links.next"), render_kw=QUIET
    )
    since_name = Text(
        _l("Name in the address for only what has changed since (optional)"),
        description=_l("For example updated_since"),
        render_kw=QUIET,
    )
    sign_in = Pick(
        _l("How we sign in there"),
        choices=[("none", _l("Not at all")), ("bearer", _l("Bearer token")), ("header", _l("Key in a header")), ("basic", _l("User name and password"))],
    )  # fmt: skip
    header = Text(_l("Name of the header"), description=_l("For example X-Api-Key"), render_kw=QUIET)
    secret = Password(
        _l("Database address, token, key, or user:password"),
        description=_l("Sealed when saved and never shown again. Leave it empty to keep the one that is there"),
        render_kw={"autocomplete": "off"},
    )
    sender = Pick(_l("Which system sends them"))

    GROUPS: Mapping[ConnectorKind, tuple[str, ...]] = {
        ConnectorKind.UPLOAD: (),
        ConnectorKind.FILE: ("path", "full"),
        ConnectorKind.FOLDER: ("path", "pattern", "full"),
        ConnectorKind.SQL: ("query", "key", "mark"),
        ConnectorKind.HTTP: ("url", "items", "paging", "page_name", "next_path", "since_name", "sign_in", "header"),
        ConnectorKind.PUSH: ("sender",),
    }

    def offer(self, systems: Mapping[str, str]) -> None:
        self.sender.choices = [
            ("", gettext("Choose a system")),
            *sorted(systems.items(), key=lambda item: (item[1], item[0])),
        ]

    @classmethod
    def showing(cls, row: RegisterRow) -> "ConnectorForm":
        return cls(kind=row.connector.value, **{name: value for name, value in row.settings.items() if name != "kind"})

    def settings(self) -> dict[str, Any]:
        return {name: self[name].data for name in self.GROUPS[ConnectorKind(self.kind.data)]}


class ScheduleForm(Form):
    """How often a source is fetched."""

    every = Pick(_l("How often"), choices=list(EVERY.items()))
    at = Text(
        _l("At what time (optional)"),
        description=_l("For a source that is fetched by the day: 02:30, say"),
        validators=[Regexp(r"^(?:(?:[01]\d|2[0-3]):[0-5]\d)?$", message=_l("Enter a time like 02:30"))],
        render_kw=QUIET,
    )


class TrustForm(Form):
    """How far a source is trusted for each attribute; `asking` adds a box for each."""

    @classmethod
    def asking(cls, trust: Mapping[str, int], labels: Mapping[str, Any]) -> "TrustForm":
        boxes: dict[str, Any] = {
            name: Text(labels.get(name, name), validators=[needed(_l("Enter a number from 0 to 100")), NUMBER], render_kw=QUIET | NARROW)
            for name in trust
        }  # fmt: skip
        asked: type[TrustForm] = type("AskedTrustForm", (cls,), boxes)
        return asked(data={name: str(value) for name, value in trust.items()})

    def boxes(self) -> list[Field]:
        return [field for field in self if field.name != "csrf_token"]

    def trust(self) -> dict[str, int]:
        return {field.name: int(field.data) for field in self.boxes()}
