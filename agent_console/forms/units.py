"""Units and the people in them: calendars, teams, skills, authority and rota."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from agent_console.forms.hours import WeekForm, minutes
from app.kernel.clock import LONDON
from app.kernel.errors import Invalid
from app.organisation.enums import WITH_LIMIT, Authority, Language, RotaKind
from app.organisation.policy import REGIONS
from app.organisation.rows import MemberProfile, MemberRow, SkillRow, TeamRow, UnitRow
from app.web.forms import Choice, Choices, Day, Form, LongText, Pick, Text, at_most, needed
from app.web.i18n import gettext

SMALL = {"params": {"classes": "govuk-input--width-5"}, "autocomplete": "off"}


class UnitForm(Form):
    """A new unit."""

    name = Text(_l("Name of the unit"), validators=[needed(_l("Enter the name of the unit")), at_most(80)])
    parent = Pick(_l("Part of"))

    def offer(self, units: Iterable[UnitRow]) -> None:
        self.parent.choices = [("", gettext("Nothing else")), *((unit.slug, gettext(unit.name)) for unit in units)]


class SkillForm(Form):
    """A new skill."""

    skill = Text(
        _l("Skill"),
        description=_l("For example, Business rates"),
        validators=[needed(_l("Enter the skill")), at_most(60)],
    )


class TeamForm(Form):
    """A new team."""

    team = Text(_l("Name of the team"), validators=[needed(_l("Enter the name of the team")), at_most(80)])


class CalendarForm(WeekForm):
    """When a unit works."""

    region = Choice(_l("Whose bank holidays does it keep?"), choices=[(code, name) for code, name in REGIONS.items()])


class ClosureForm(Form):
    """A day on which a unit is closed."""

    day = Day(_l("Day"), validators=[needed(_l("Enter the day"))])
    reason = Text(_l("Why is it closed?"), validators=[needed(_l("Say why the unit is closed")), at_most(200)])


class AliasForm(Form):
    """Other names of a unit."""

    aliases = LongText(_l("Other names of the unit, one a line"), rows=3, longest=400)


class PlaceForm(Form):
    """Somebody's team and whether they lead."""

    team = Pick(_l("Team"))
    leads = Choices(_l("Role in the unit"), choices=[("yes", _l("Leads the unit"))])

    def offer(self, teams: Iterable[TeamRow]) -> None:
        self.team.choices = [("", gettext("No team")), *((team.slug, team.name) for team in teams)]


class SkillsForm(Form):
    """What somebody can do."""

    skills = Choices(_l("Skills"))
    languages = Choices(
        _l("Languages beside English"),
        choices=[(one.value, one.label) for one in Language if one is not Language.ENGLISH],
    )

    def offer(self, skills: Iterable[SkillRow]) -> None:
        self.skills.choices = [(skill.slug, skill.name) for skill in skills]
        self.languages.choices = [(one.value, gettext(one.label)) for one in Language if one is not Language.ENGLISH]


class AuthorityForm(Form):
    """What somebody may decide alone."""

    authorities = Choices(_l("May decide alone"))
    limit_spend = Text(_l("Spend up to (pounds)"), render_kw=SMALL)
    limit_waive_fee = Text(_l("Waive or give back up to (pounds)"), render_kw=SMALL)

    def offer(self) -> None:
        self.authorities.choices = [(one.value, gettext(one.label)) for one in Authority]

    def show(self, profile: MemberProfile) -> None:
        """Begin with what they may decide now."""
        data: dict[str, Any] = {"authorities": [row.authority.value for row in profile.authorities]}
        data |= {
            f"limit_{row.authority.value}": f"{row.limit_pence / 100:g}"
            for row in profile.authorities
            if row.limit_pence
        }
        self.process(data=data)

    def chosen(self) -> dict[Authority, int | None]:
        """Limits in pence. Invalid names amounts that are none."""
        chosen = [Authority(value) for value in self.authorities.data or ()]
        return {
            one: _pence(f"limit_{one.value}", self[f"limit_{one.value}"].data) if one in WITH_LIMIT else None
            for one in chosen
        }


class ExceptionForm(Form):
    """Somebody is away, or there beyond the pattern."""

    kind = Choice(_l("What is it?"), validators=[needed(_l("Choose what it is"))])
    starts = Day(_l("First day"), validators=[needed(_l("Enter the first day"))])
    ends = Day(_l("Last day"), description=_l("Leave it empty for a sickness of which nobody knows the end"))
    starts_time = Text(_l("From (optional)"), render_kw=SMALL)
    ends_time = Text(_l("Until (optional)"), render_kw=SMALL)
    note = Text(_l("Note (optional)"), validators=[at_most(200)])

    def offer(self) -> None:
        self.kind.choices = [(kind.value, gettext(kind.label)) for kind in RotaKind]

    def times(self) -> tuple[datetime, datetime | None]:
        """From and until. Invalid for times that cannot be read."""
        starts = moment("starts_time", self.starts.data, self.starts_time.data, 0)
        return starts, moment("ends_time", self.ends.data, self.ends_time.data, 24 * 60) if self.ends.data else None


class SessionForm(Form):
    """A session with a team of another unit."""

    team_of = Pick(_l("Team"), validators=[needed(_l("Choose a team"))])
    day = Day(_l("Day"), validators=[needed(_l("Enter the day"))])
    starts_time = Text(_l("From"), render_kw=SMALL, validators=[needed(_l("Enter from when"))])
    ends_time = Text(_l("Until"), render_kw=SMALL, validators=[needed(_l("Enter until when"))])
    note = Text(_l("Note (optional)"), validators=[at_most(200)])

    def offer(self, teams: Iterable[tuple[UnitRow, TeamRow]]) -> None:
        found = [(f"{unit.slug}|{team.slug}", f"{gettext(unit.name)}: {team.name}") for unit, team in teams]
        self.team_of.choices = [("", gettext("Choose a team")), *found]

    def times(self) -> tuple[datetime, datetime]:
        """From and until. Invalid for times that cannot be read."""
        at = self.day.data
        return moment("starts_time", at, self.starts_time.data, 0), moment("ends_time", at, self.ends_time.data, 0)


def moment(field: str, day: date, written: str | None, otherwise: int) -> datetime:
    """A time of a day in London. Invalid if it cannot be read."""
    try:
        at = minutes(written) if written else otherwise
    except ValidationError as error:
        raise Invalid({field: str(error)}) from error
    return datetime.combine(day + timedelta(days=at // (24 * 60)), time(at // 60 % 24, at % 60), LONDON).astimezone(UTC)


def by_unit(members: Iterable[MemberRow]) -> dict[str, list[MemberRow]]:
    """Members by the slug of their unit."""
    found: dict[str, list[MemberRow]] = {}
    for member in members:
        found.setdefault(member.unit_slug, []).append(member)
    return found


def _pence(field: str, written: str | None) -> int:
    try:
        return int(Decimal((written or "").replace(",", "").lstrip("£")) * 100)
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise Invalid({field: "Enter up to how much, like 250"}) from error
