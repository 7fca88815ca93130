"""Administrators look after accounts: who there is, their roles, a lost phone, somebody who left, keys for systems."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.users import (
    ROLE_NAMES,
    SCOPE_NAMES,
    InviteForm,
    JoinForm,
    KeyForm,
    RolesForm,
    ServiceAccountForm,
)
from app.accounts import queries, services
from app.accounts.enums import AccountKind
from app.accounts.policy import Permission
from app.accounts.queries import AccountRow
from app.kernel.errors import Invalid, NotFound
from app.kernel.paging import PageRequest
from app.organisation import queries as organisation
from app.web import notices
from app.web.access import staff
from app.web.context import actor, now, reading, transaction
from app.web.forms import Form
from app.web.i18n import gettext

bp = Blueprint("users", __name__, url_prefix="/console/users")
administrator = staff(Permission.USERS_MANAGE)


@bp.get("")
@administrator
def listing() -> str:
    """Staff and systems by name, a page at a time."""
    search = request.args.get("search", "")
    wanted = PageRequest(request.args.get("page", 1, type=int))
    with reading() as session:
        page = queries.list_accounts(session, wanted, search)
    return render_template("agent_console/users.html", page=page, search=search, role_names=ROLE_NAMES)


@bp.get("/new")
@administrator
def new() -> str:
    return render_template("agent_console/user_new.html", form=InviteForm())


@bp.post("/new")
@administrator
def invite() -> str | Response | tuple[str, int]:
    """Make the account; its owner gets a link to choose a password."""
    form = InviteForm()
    made = _try(form, lambda session: services.invite_staff(
        session, actor(), form.email.data or "", form.name.data or "", form.chosen(), now=now()
    ))  # fmt: skip
    if made is None:
        return render_template("agent_console/user_new.html", form=form), 422
    notices.success(gettext("The account is made. An invitation is on its way to %(email)s.", email=made.email))
    return redirect(url_for("users.one", account_id=made.id), 303)


@bp.get("/new-system")
@administrator
def new_system() -> str:
    return render_template("agent_console/user_new_system.html", form=ServiceAccountForm())


@bp.post("/new-system")
@administrator
def create_system() -> str | Response | tuple[str, int]:
    """Make an account for a service's system; keys follow on its page."""
    form = ServiceAccountForm()
    made = _try(
        form, lambda session: services.create_service_account(session, actor(), form.name.data or "", now=now())
    )
    if made is None:
        return render_template("agent_console/user_new_system.html", form=form), 422
    notices.success(gettext("The account is made. Create a key for it below."))
    return redirect(url_for("users.one", account_id=made.id), 303)


@bp.get("/<uuid:account_id>")
@administrator
def one(account_id: UUID) -> str:
    return show(account_id)


@bp.post("/<uuid:account_id>/roles")
@administrator
def set_roles(account_id: UUID) -> str | Response | tuple[str, int]:
    """The roles ticked, and no others."""
    form = RolesForm()
    if _try(form, lambda session: services.set_roles(session, actor(), account_id, form.chosen(), now=now())) is None:
        return show(account_id, roles=form), 422
    return done(account_id, gettext("The roles are saved."))


@bp.post("/<uuid:account_id>/suspend")
@administrator
def suspend(account_id: UUID) -> Response:
    with transaction() as session:
        services.suspend(session, actor(), account_id, now=now())
    return done(account_id, gettext("The account is suspended and signed out everywhere."))


@bp.post("/<uuid:account_id>/reinstate")
@administrator
def reinstate(account_id: UUID) -> Response:
    with transaction() as session:
        services.reinstate(session, actor(), account_id, now=now())
    return done(account_id, gettext("The account is active again."))


@bp.post("/<uuid:account_id>/reset-second-factor")
@administrator
def reset_second_factor(account_id: UUID) -> Response:
    with transaction() as session:
        services.reset_second_factor(session, actor(), account_id, now=now())
    return done(account_id, gettext("The authenticator app is forgotten. A new one is set up at the next sign-in."))


@bp.post("/<uuid:account_id>/end-sign-ins")
@administrator
def end_sign_ins(account_id: UUID) -> Response:
    with transaction() as session:
        services.revoke_all(session, actor(), account_id, now=now())
    return done(account_id, gettext("Every browser of this account is signed out."))


@bp.post("/<uuid:account_id>/send-link")
@administrator
def send_link(account_id: UUID) -> Response:
    """A link for a new password, for somebody whose invitation has expired or whose password is forgotten."""
    with transaction() as session:
        services.request_reset(session, looked_after(session, account_id).email or "", now=now())
    return done(
        account_id, gettext("A link for a new password is on its way, unless several were sent within the hour.")
    )


@bp.post("/<uuid:account_id>/keys")
@administrator
def create_key(account_id: UUID) -> str | tuple[str, int]:
    """The key is on this one page and nowhere else."""
    form = KeyForm()
    made = _try(
        form,
        lambda session: services.create_api_key(session, actor(), account_id, form.scopes.data or (), now=now()),
    )
    if made is None:
        return show(account_id, key=form), 422
    return render_template("agent_console/user_key.html", key=made[0], secret=made[1], scope_names=SCOPE_NAMES)


@bp.post("/<uuid:account_id>/keys/<uuid:key_id>/revoke")
@administrator
def revoke_key(account_id: UUID, key_id: UUID) -> Response:
    with transaction() as session:
        services.revoke_api_key(session, actor(), key_id, now=now())
    return done(account_id, gettext("The key does not work any more."))


def _try(form: Form, work: Callable[[Session], Any]) -> Any:
    """Do the work if the form is whole; None after putting what is wrong into the form."""
    if not form.validate():
        return None
    try:
        with transaction() as session:
            return work(session)
    except Invalid as refused:
        form.refuse(refused)
        return None


def looked_after(session: Session, account_id: UUID) -> AccountRow:
    """Staff and systems are looked after here; residents are not."""
    found = queries.account(session, account_id)
    if found.kind is AccountKind.RESIDENT:
        raise NotFound
    return found


def done(account_id: UUID, said: str) -> Response:
    notices.success(said)
    return redirect(url_for("users.one", account_id=account_id), 303)


def show(
    account_id: UUID, roles: RolesForm | None = None, key: KeyForm | None = None, joining: JoinForm | None = None
) -> str:
    """The page of one account, with a form that was refused if there is one."""
    with reading() as session:
        account = looked_after(session, account_id)
        units = organisation.units_of(session, account_id)
        return render_template(
            "agent_console/user.html",
            account=account,
            form=roles or key or joining,
            roles_form=roles or RolesForm(roles=[role.value for role in account.roles]),
            key_form=key or KeyForm(),
            units=units,
            join_form=joining or JoinForm.offering(organisation.units(session), units),
            sign_ins=queries.sign_ins_of(session, account_id, now=now()),
            keys=queries.api_keys_of(session, account_id),
            role_names=ROLE_NAMES,
            scope_names=SCOPE_NAMES,
            now=now(),
        )
