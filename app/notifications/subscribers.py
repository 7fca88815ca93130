"""Messages that belong to an account: its links, and its warnings."""

from sqlalchemy.orm import Session

from app.accounts.enums import AccountKind, TokenPurpose
from app.accounts.events import (
    ConfirmationAsked,
    PasswordChanged,
    PasswordResetAsked,
    RegistrationRepeated,
    StaffInvited,
    ToAccount,
)
from app.accounts.limits import LIFETIMES
from app.kernel.events import Bus
from app.notifications.enums import Template
from app.notifications.services import queue_message


def register(bus: Bus) -> None:
    """Listen to the accounts room."""
    bus.on(ConfirmationAsked, ask_to_confirm)
    bus.on(RegistrationRepeated, say_already_registered)
    bus.on(PasswordResetAsked, offer_new_password)
    bus.on(PasswordChanged, warn_of_new_password)
    bus.on(StaffInvited, invite)


def ask_to_confirm(session: Session, event: ConfirmationAsked) -> None:
    _send(
        session, event, Template.CONFIRM_EMAIL, path=f"/confirm/{event.token}", hours=_hours(TokenPurpose.CONFIRM_EMAIL)
    )


def say_already_registered(session: Session, event: RegistrationRepeated) -> None:
    door = _door(event)
    paths = {"path": f"{door}/sign-in", "reset_path": f"{door}/forgotten-password"}
    _send(session, event, Template.ALREADY_REGISTERED, **paths)


def offer_new_password(session: Session, event: PasswordResetAsked) -> None:
    path = f"{_door(event)}/new-password/{event.token}"
    _send(session, event, Template.RESET_PASSWORD, path=path, hours=_hours(TokenPurpose.RESET_PASSWORD))


def warn_of_new_password(session: Session, event: PasswordChanged) -> None:
    _send(session, event, Template.PASSWORD_CHANGED, path=f"{_door(event)}/forgotten-password", at=event.at)


def invite(session: Session, event: StaffInvited) -> None:
    days = LIFETIMES[TokenPurpose.INVITATION].days
    _send(session, event, Template.STAFF_INVITATION, path=f"{_door(event)}/new-password/{event.token}", days=days)


# The name of somebody unconfirmed is left out: it could be anything that a stranger wants to say to the address's owner.
def _send(session: Session, event: ToAccount, template: Template, **context: object) -> None:
    name = None if template is Template.CONFIRM_EMAIL else event.person
    queue_message(
        session,
        template,
        to=event.email,
        locale=event.locale,
        context={"name": name, **context},
        about=("account", event.account_id),
        account_id=event.account_id,
        now=event.at,
    )


def _door(event: ToAccount) -> str:
    return "/console" if event.kind is AccountKind.STAFF else ""


def _hours(purpose: TokenPurpose) -> int:
    return int(LIFETIMES[purpose].total_seconds() // 3600)
