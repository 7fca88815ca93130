"""What administrators fill in about accounts."""

from collections.abc import Iterable
from typing import Self

from flask_babel import lazy_gettext as _l

from app.accounts.enums import Scope
from app.accounts.policy import STAFF_ROLES
from app.kernel.actors import Role
from app.organisation.rows import UnitRow
from app.web.forms import Choices, Email, Form, Pick, Text, needed
from app.web.i18n import gettext

ROLE_NAMES = {
    Role.ADVISOR: _l("Advisor"),
    Role.TEAM_LEADER: _l("Team leader"),
    Role.STEWARD: _l("Data steward"),
    Role.OFFICER: _l("Service officer"),
    Role.MONITOR: _l("Monitor"),
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.SERVICE: _l("Service's system"),
    Role.RESIDENT: _l("Resident"),
}
SCOPE_NAMES = {
    Scope.CATALOGUE_READ: _l("Read the service catalogue"),
    Scope.ENQUIRIES_READ: _l("Read enquiries"),
    Scope.ENQUIRIES_WRITE: _l("Raise enquiries"),
    Scope.HANDOFFS_READ: _l("Read the work that is handed over"),
    Scope.HANDOFFS_WRITE: _l("Accept, decline and complete work"),
    Scope.CUSTOMERS_MATCH: _l("Match customers"),
    Scope.SOURCES_WRITE: _l("Send records of a source"),
}


class RolesForm(Form):
    """Which roles somebody holds."""

    roles = Choices(
        _l("Roles"),
        choices=[(role.value, ROLE_NAMES[role]) for role in STAFF_ROLES],
        validators=[needed(_l("Choose at least one role"))],
    )

    def chosen(self) -> list[Role]:
        return [Role(value) for value in self.roles.data or ()]


class InviteForm(RolesForm):
    """A new member of staff."""

    name = Text(_l("Full name"), validators=[needed(_l("Enter their full name"))])
    email = Email(
        _l("E-mail address"),
        validators=[needed(_l("Enter their e-mail address"))],
        render_kw={"autocomplete": "off"},
    )


class ServiceAccountForm(Form):
    """A service's system."""

    name = Text(
        _l("Name of the system"),
        description=_l("For example, Waste Services work scheduler"),
        validators=[needed(_l("Enter the name of the system"))],
    )


class KeyForm(Form):
    """What a new key may be used for."""

    scopes = Choices(
        _l("What may the key be used for?"),
        choices=[(scope.value, SCOPE_NAMES[scope]) for scope in Scope],
        validators=[needed(_l("Choose what the key may be used for"))],
    )


class JoinForm(Form):
    """A unit to work in."""

    unit = Pick(_l("Unit"), validators=[needed(_l("Choose a unit"))])

    @classmethod
    def offering(cls, units: Iterable[UnitRow], already: Iterable[UnitRow]) -> Self:
        """The units that the account is not in yet."""
        form, joined = cls(), {unit.id for unit in already}
        offered = [(unit.slug, gettext(unit.name)) for unit in units if unit.id not in joined]
        form.unit.choices = [("", gettext("Choose a unit")), *offered]
        return form
