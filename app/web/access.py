"""Who may use which view. Each view declares it with one of these decorators, or the application refuses to start.

    @bp.get("/console/customers/<uuid:customer_id>")
    @staff(Permission.CUSTOMERS_VIEW)
    def customer(customer_id): …

The decorators only declare; `enter` runs before every request, finds out who is asking and keeps to the declaration.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Flask, Response, current_app, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app.accounts import services, throttles
from app.accounts.enums import AccountKind, Scope
from app.accounts.limits import WRONG_KEYS_PER_ADDRESS
from app.accounts.policy import Permission, may
from app.accounts.services import SignedIn
from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import NotAllowed, SignInNeeded, Unavailable
from app.web.context import actor, now, runtime, transaction
from app.web.security import csrf

View = TypeVar("View", bound=Callable[..., Any])
DECLARED = "_firstpoint_access"
EXEMPT = "firstpoint.csrf_exempt"


class Door(StrEnum):
    """What stands before a view."""

    PUBLIC = "public"
    FILE = "file"
    OPERATIONS = "operations"
    RESIDENT = "resident"
    STAFF = "staff"
    API = "api"


BY_COOKIE = frozenset({Door.RESIDENT, Door.STAFF})


@dataclass(frozen=True, slots=True)
class Access:
    """A declaration: the door, and what opens it. One of several permissions is enough."""

    door: Door
    permissions: frozenset[Permission] = frozenset()
    scope: Scope | None = None
    key_field: str = ""


@dataclass(frozen=True, slots=True)
class Entrance:
    """Where people of one kind come in, and the cookie that remembers them there."""

    cookie: str
    path: str
    sign_in: str


ENTRANCES = {
    AccountKind.STAFF: Entrance("fp_staff", "/console", "/console/sign-in"),
    AccountKind.RESIDENT: Entrance("fp_resident", "/", "/sign-in"),
}


def public(view: View) -> View:
    """Open to everybody; the view is told who is asking, if they are signed in."""
    return _declare(view, Access(Door.PUBLIC))


def file(view: View) -> View:
    """Open to everybody and the same for everybody: nobody is asked who they are, and the database is left alone."""
    return _declare(view, Access(Door.FILE))


def operations(view: View) -> View:
    """For operators' probes: works without the database."""
    return _declare(view, Access(Door.OPERATIONS))


def resident(view: View) -> View:
    """For a resident who is signed in. What they may see of it is checked by the services, thing by thing."""
    return _declare(view, Access(Door.RESIDENT))


def staff(*permissions: Permission | str) -> Callable[[View], View]:
    """For staff who have come through both factors and whose roles give at least one of these permissions."""
    access = Access(Door.STAFF, frozenset(Permission(permission) for permission in permissions))
    return lambda view: _declare(view, access)


def api(scope: Scope | str, *, key_field: str = "") -> Callable[[View], View]:
    """For a service's system with an API key of this scope. With `key_field` the key may also come in that field of the body."""
    access = Access(Door.API, scope=Scope(scope), key_field=key_field)
    return lambda view: _declare(view, access)


def init_app(app: Flask) -> None:
    """Find out who is asking before every request."""
    app.before_request(enter)
    app.jinja_env.globals["may"] = lambda *permissions: may(actor(), *permissions)


def check_declared(app: Flask) -> None:
    """Raise RuntimeError, naming them, if there are views that do not say who may use them."""
    views = [
        (f"{rule.endpoint} ({method} {rule.rule})", rule.endpoint, declared(app, rule.endpoint, method))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]
    silent = sorted(name for name, _, access in views if access is None)
    if silent:
        raise RuntimeError("These views do not declare who may use them: " + ", ".join(silent))
    exempt = app.extensions.get(EXEMPT, set())
    unguarded = sorted(
        name
        for name, endpoint, access in views
        if endpoint.rpartition(".")[0] in exempt and access and access.door in BY_COOKIE
    )
    if unguarded:
        raise RuntimeError("These views know people by a cookie and have no CSRF protection: " + ", ".join(unguarded))


def declared(app: Flask, endpoint: str, method: str = "GET") -> Access | None:
    """What a view declares; for class views the method's declaration, else the class's."""
    view = app.view_functions[endpoint]
    view_class = getattr(view, "view_class", None)
    places = (view, getattr(view_class, method.lower(), None), view_class)
    return next((access for place in places if (access := getattr(place, DECLARED, None))), None)


def exempt_from_csrf(app: Flask, blueprint: Blueprint) -> None:
    """For what no cookie opens: a key in a header, or a link that is proof by itself. `check_declared` holds the blueprint to that."""
    csrf.exempt(blueprint)
    app.extensions.setdefault(EXEMPT, set()).add(blueprint.name)


def enter() -> AnyResponse | None:
    """Keep to what the view declares. Sets who is asking; sends people to sign in; refuses the others."""
    if request.endpoint is None or request.method == "OPTIONS":
        _recognise(if_possible=True)
        return None
    access = declared(current_app, request.endpoint, "GET" if request.method == "HEAD" else request.method)
    match access:
        case Access(Door.FILE | Door.OPERATIONS):
            return None
        case Access(Door.PUBLIC):
            _recognise()
            return None
        case Access(Door.API, scope=Scope() as scope, key_field=field):
            _enter_by_key(scope, _bearer() or (request.form.get(field, "") if field else ""))
            return None
        case Access(Door.RESIDENT):
            _recognise()
            return None if actor().kind is ActorKind.RESIDENT else _ask_to_sign_in(AccountKind.RESIDENT)
        case Access(Door.STAFF, permissions=permissions):
            _recognise()
            return _enter_as_staff(permissions)
    raise NotAllowed


def here() -> Entrance:
    """The entrance of the front end that this request is in."""
    in_console = request.path == "/console" or request.path.startswith("/console/")
    return ENTRANCES[AccountKind.STAFF if in_console else AccountKind.RESIDENT]


def token() -> str:
    """This browser's sign-in token; empty if it has none."""
    return request.cookies.get(here().cookie, "")


def remember(response: AnyResponse, signed_in: SignedIn) -> AnyResponse:
    """Give the browser its token, out of reach of scripts and of other sites."""
    entrance = ENTRANCES[signed_in.kind]
    response.set_cookie(
        entrance.cookie,
        signed_in.token,
        path=entrance.path,
        secure=runtime().settings.https,
        httponly=True,
        samesite="Lax",
    )
    return response


def forget(response: AnyResponse) -> AnyResponse:
    """Take the token back."""
    entrance = here()
    response.delete_cookie(
        entrance.cookie, path=entrance.path, secure=runtime().settings.https, httponly=True, samesite="Lax"
    )
    return response


def safe_next(wanted: str | None, otherwise: str) -> str:
    """Where to go after signing in: a path of ours, within the front end that was signed in to."""
    address = wanted or ""
    ours = address.startswith("/") and not address.startswith(("//", "/\\")) and "\\" not in address
    if not ours or not address.isprintable() or urlsplit(address).netloc:
        return otherwise
    in_console = address == "/console" or address.startswith("/console/")
    return address if in_console == (here().path == "/console") else otherwise


def _declare(view: View, access: Access) -> View:
    if getattr(view, DECLARED, None) is not None:
        raise RuntimeError(f"{view.__qualname__} declares its access twice")
    setattr(view, DECLARED, access)
    return view


def _recognise(*, if_possible: bool = False) -> None:
    """Set who is asking from the sign-in cookie. A look at nothing in particular must not fail for want of a database."""
    if not token():
        return
    try:
        with transaction() as session:
            found = services.resolve(session, token(), now=now())
    except Unavailable:
        if if_possible:
            return
        raise
    if found is not None:
        _set(found)


def _enter_as_staff(permissions: frozenset[Permission]) -> AnyResponse | None:
    if actor().kind is not ActorKind.STAFF:
        return _ask_to_sign_in(AccountKind.STAFF)
    if permissions and not may(actor(), *permissions):
        raise NotAllowed
    return None


def _enter_by_key(scope: Scope, key: str) -> None:
    """Raises TooMany after many wrong keys from one address. The count is kept before the refusal is raised."""
    from_here = f"api-key-from:{request.remote_addr}"
    with transaction() as session:
        throttles.check(session, from_here, WRONG_KEYS_PER_ADDRESS, now=now())
        caller = services.resolve_api_key(session, key, now=now()) if key else None
        if key and caller is None:
            throttles.count(session, from_here, WRONG_KEYS_PER_ADDRESS, now=now())
    if caller is None:
        raise SignInNeeded
    if scope not in caller.scopes:
        raise NotAllowed
    _set(caller.actor)


def _bearer() -> str:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def _set(found: Actor) -> None:
    g.actor = replace(found, address=request.remote_addr)


def _ask_to_sign_in(kind: AccountKind) -> AnyResponse:
    """A page that was only looked at is asked for again after signing in; a form that was sent is kept on the error page."""
    if request.method not in {"GET", "HEAD"}:
        raise SignInNeeded
    address = f"{ENTRANCES[kind].sign_in}?{urlencode({'next': request.full_path.rstrip('?')})}"
    if "HX-Request" in request.headers:
        return Response(status=401, headers={"HX-Redirect": address})
    return redirect(address, 303)
