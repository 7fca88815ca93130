"""One handler for everything that can go wrong on a page. Each answer says what happened, what to do next, and keeps what was typed."""

from http import HTTPStatus
from typing import NamedTuple

from flask import Flask, Response, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from structlog import contextvars
from werkzeug.exceptions import HTTPException

from app.kernel import references
from app.kernel.errors import DomainError, Invalid, Stale, TooMany, Unavailable
from app.kernel.i18n import N_
from app.kernel.logging import get_logger
from app.web.i18n import gettext
from app.web.typed import may_send_again, typed_fields

log = get_logger(__name__)


class Words(NamedTuple):
    """What a page of one status says: its title, and what the reader can do now."""

    title: str
    steps: tuple[str, ...]


CHECK_ADDRESS = N_("If you typed the web address, check it is correct. If you pasted it, check you copied all of it.")
GO_BACK = N_("Go back to the page you came from and try again.")
WORDS = {
    400: Words(N_("We could not understand what your browser sent"), (GO_BACK,)),
    401: Words(N_("Sign in to see this page"), (N_("Sign in, and you will come back to this page."),)),
    403: Words(N_("You cannot see or do this"), (N_("Your account does not have permission for this. If you think it should, ask whoever looks after your account."),)),
    404: Words(N_("Page not found"), (CHECK_ADDRESS, N_("If you followed a link in a message, what it led to may have moved or may belong to someone else."))),
    405: Words(N_("This page cannot be used like that"), (GO_BACK,)),
    409: Words(N_("This has changed since you opened it"), (N_("Look at the newest version, then decide whether what you wanted to do is still right."),)),
    413: Words(N_("That file or message is too big"), (N_("Send a smaller file, or write a shorter message."),)),
    422: Words(N_("Some of what you entered cannot be used"), (N_("Go back, correct it, and send it again."),)),
    429: Words(N_("Too many tries"), (N_("Wait, then try again. This protects your account and the service."),)),
    500: Words(N_("Sorry, something went wrong on our side"), (N_("Nothing you sent has been changed half-way: either all of it was kept, or none of it."), N_("Try again in a few minutes. If it happens again, tell us the reference below."))),
    503: Words(N_("Sorry, the service is not available just now"), (N_("This is usually over within a minute. Then try again."),)),
}  # fmt: skip
FORM_EXPIRED = Words(
    N_("This form has expired"),
    (
        N_("For your safety a form can only be sent from the page it was opened on, by the person who opened it."),
        N_("Open the form again and send it from there. What you typed is below, so that you can copy it."),
    ),
)


def init_app(app: Flask) -> None:
    app.before_request(_name_the_request)
    app.register_error_handler(DomainError, domain_error)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, bug)


def domain_error(error: DomainError) -> Response:
    """The house said no, in words of its own."""
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany | Unavailable) else {}
    messages = error.errors.values() if isinstance(error, Invalid) else [error.message]
    detail = [gettext(message, **error.params) for message in messages]
    words = WORDS.get(error.status, WORDS[400])
    if error.status == 409 and not isinstance(error, Stale):
        words = Words(N_("This cannot be done now"), words.steps)
    return page(error.status, words, detail, headers)


def http_error(error: HTTPException) -> Response:
    """The protocol said no: an unknown address, a body too large, an expired form."""
    if isinstance(error, CSRFError):
        return page(400, FORM_EXPIRED, [], {})
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response())
    headers = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
    return page(status, WORDS.get(status, WORDS[400 if status < 500 else 500]), [], headers)


def bug(error: Exception) -> Response:
    """Our own fault: logged whole under the reference that the reader is given."""
    log.error("request.failed", endpoint=request.endpoint, exc_info=error)
    return page(500, WORDS[500], [], {})


def page(status: int, words: Words, detail: list[str], headers: dict[str, str]) -> Response:
    """The error page, in the layout of the front end it happened in."""
    typed = typed_fields() if request.method == "POST" else []
    html = render_template(
        "web/error.html",
        layout="web/layout_console.html" if request.path.startswith("/console") else "web/layout_portal.html",
        status=status,
        title=gettext(words.title),
        detail=detail,
        steps=[gettext(step) for step in words.steps],
        incident=g.get("request_id") if status >= HTTPStatus.INTERNAL_SERVER_ERROR else None,
        typed=typed,
        send_again=status == HTTPStatus.SERVICE_UNAVAILABLE and may_send_again(),
    )
    return make_response(html, status, headers)


def _name_the_request() -> None:
    g.request_id = references.new("ER")
    contextvars.clear_contextvars()
    contextvars.bind_contextvars(request=g.request_id)
