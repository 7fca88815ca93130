"""Every view says who may use it, or the application does not start; keys open what their scope says."""

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from flask.views import MethodView

from app.accounts import services
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.runtime import Runtime
from app.web import access, errors, security
from app.web.context import EXTENSION, actor


def an_app(runtime: Runtime) -> Flask:
    app = Flask("bare", static_folder=None)
    app.config.update(SECRET_KEY="x" * 40, TESTING=True)
    app.extensions[EXTENSION] = runtime
    for part in (security, access):
        part.init_app(app)
    return app


def test_a_view_that_says_nothing_stops_the_start(runtime: Runtime) -> None:
    app = an_app(runtime)
    app.add_url_rule("/open", view_func=access.public(lambda: ""), endpoint="open")
    app.add_url_rule("/silent", view_func=lambda: "", endpoint="silent")

    with pytest.raises(RuntimeError, match=r"silent \(GET /silent\)"):
        access.check_declared(app)


def test_each_method_of_a_class_view_counts(runtime: Runtime) -> None:
    class Thing(MethodView):
        @access.public
        def get(self) -> str:
            return ""

        def post(self) -> str:
            return ""

    app = an_app(runtime)
    app.add_url_rule("/thing", view_func=Thing.as_view("thing"))

    with pytest.raises(RuntimeError, match=r"thing \(POST /thing\)"):
        access.check_declared(app)


def test_a_view_cannot_say_it_twice() -> None:
    with pytest.raises(RuntimeError, match="twice"):
        access.public(access.resident(lambda: ""))


def test_a_permission_that_does_not_exist_is_noticed_at_once() -> None:
    with pytest.raises(ValueError, match="custommers"):
        access.staff("custommers.view")


def test_a_view_for_people_cannot_be_without_csrf_protection(runtime: Runtime) -> None:
    app, bp = an_app(runtime), Blueprint("loose", __name__)
    bp.add_url_rule("/loose", view_func=access.resident(lambda: ""), endpoint="page", methods=["POST"])
    app.register_blueprint(bp)
    access.exempt_from_csrf(app, bp)

    with pytest.raises(RuntimeError, match="no CSRF protection"):
        access.check_declared(app)


@pytest.fixture
def machine(runtime: Runtime) -> FlaskClient:
    """An app with one view for keys that may read handoffs."""
    app, bp = an_app(runtime), Blueprint("machines", __name__)
    bp.add_url_rule(
        "/inbox", view_func=access.api("handoffs:read")(lambda: actor().name), endpoint="inbox", methods=["GET", "POST"]
    )
    app.register_blueprint(bp)
    access.exempt_from_csrf(app, bp)
    access.check_declared(app)
    for kind in (errors.DomainError,):
        app.register_error_handler(kind, lambda error: (error.code, error.status))
    return app.test_client()


def a_key(db: Database, clock: FixedClock, scope: str) -> dict[str, str]:
    with db.transaction() as session:
        robot = services.create_service_account(session, SYSTEM, "Waste scheduler", now=clock.now())
        _, key = services.create_api_key(session, SYSTEM, robot.id, [scope], now=clock.now())
    return {"Authorization": f"Bearer {key}"}


def test_a_key_opens_what_its_scope_says_without_a_form_token(
    machine: FlaskClient, db: Database, clock: FixedClock
) -> None:
    headers = a_key(db, clock, "handoffs:read")

    assert machine.get("/inbox", headers=headers).text == "Waste scheduler"
    assert machine.post("/inbox", headers=headers).status_code == 200


def test_a_key_of_another_scope_is_refused(machine: FlaskClient, db: Database, clock: FixedClock) -> None:
    assert machine.get("/inbox", headers=a_key(db, clock, "enquiries:write")).status_code == 403


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer "}, {"Authorization": "Bearer fpk_x_y"}]
)
def test_without_a_key_there_is_a_401(machine: FlaskClient, headers: dict[str, str]) -> None:
    assert machine.get("/inbox", headers=headers).status_code == 401


def test_guessing_keys_is_stopped(machine: FlaskClient, db: Database, clock: FixedClock) -> None:
    right = a_key(db, clock, "handoffs:read")
    answers = [machine.get("/inbox", headers={"Authorization": f"Bearer fpk_x_{n}"}).status_code for n in range(31)]

    assert answers == [401] * 30 + [429]
    assert machine.get("/inbox", headers=right).status_code == 429
