"""What probes ask: alive, ready, and the figures for Prometheus. No personal data in any of them."""

from time import perf_counter

from flask import Blueprint, Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.kernel.errors import Unavailable
from app.notifications import queries as notifications
from app.oversight import queries as oversight
from app.web.access import operations
from app.web.context import now, reading, runtime

bp = Blueprint("health", __name__)
REGISTRY = CollectorRegistry()
REQUESTS = Counter("firstpoint_requests", "Requests answered", ["method", "endpoint", "status"], registry=REGISTRY)
SECONDS = Histogram("firstpoint_request_seconds", "Time to answer, in seconds", ["endpoint"], registry=REGISTRY)
CUSTODY = Gauge("firstpoint_custody_breaches", "Open enquiries in nobody's custody (must be 0)", registry=REGISTRY)
UNSENT = Gauge("firstpoint_messages_waiting", "Messages waiting to be sent", registry=REGISTRY)


@bp.get("/livez")
@operations
def live() -> Response:
    """The process answers. Needs no database: a restart would not bring one back."""
    return Response("ok\n", content_type="text/plain")


@bp.get("/readyz")
@operations
def ready() -> tuple[dict[str, object], int]:
    """Can this process serve? Says what is wrong, part by part."""
    checks = {"database": _database_wrong()}
    if not checks["database"]:
        checks["migrations"] = _migrations_wrong()
    wrong = {part: message for part, message in checks.items() if message}
    return {
        "ready": not wrong,
        "checks": {part: message or "ok" for part, message in checks.items()},
    }, 503 if wrong else 200


@bp.get("/metrics")
@operations
def metrics() -> Response:
    """Prometheus text format."""
    try:
        with reading() as session:
            CUSTODY.set(oversight.custody_breaches(session, now=now()))
            UNSENT.set(notifications.waiting(session))
    except Unavailable:
        CUSTODY.set(float("nan"))
        UNSENT.set(float("nan"))
    return Response(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


def count_requests(app: Flask) -> None:
    """Time every request by endpoint, never by URL: an address can name a person."""

    @app.before_request
    def start() -> None:
        g.started = perf_counter()

    @app.after_request
    def stop(response: Response) -> Response:
        endpoint = request.endpoint or "unknown"
        REQUESTS.labels(request.method, endpoint, response.status_code).inc()
        SECONDS.labels(endpoint).observe(perf_counter() - g.get("started", perf_counter()))
        return response


def _database_wrong() -> str:
    return (
        ""
        if runtime().database.answers()
        else "The database does not answer. Check that it runs and that DATABASE_URL is right"
    )


def _migrations_wrong() -> str:
    """Asked of the table itself: to know whether it has been migrated, a web process need not be able to migrate."""
    try:
        with runtime().database.engine.connect() as connection:
            there = connection.scalar(text("SELECT to_regclass('alembic_version')"))
            current = connection.scalar(text("SELECT version_num FROM alembic_version")) if there else None
    except DBAPIError as error:
        return f"The database could not say which migration it is at: {type(error.orig).__name__}"
    return "" if current else "The database has not been migrated. Run `firstpoint migrate`"
