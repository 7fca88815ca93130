"""Which language a page is in: the reader's choice on this device, else what their browser asks for, else the first offered."""

from pathlib import Path
from urllib.parse import urlsplit

import flask_babel
from babel.support import NullTranslations
from flask import Blueprint, Flask, abort, redirect, request
from flask_babel import Babel, get_locale
from werkzeug.wrappers import Response

from app.kernel.catalogues import read_catalogue
from app.web import access
from app.web.context import runtime

COOKIE = "fp_language"
A_YEAR = 365 * 24 * 3600
CATALOGUES = Path(__file__).parent / "translations"
NAMES = {"en": "English", "fr": "Français", "es": "Español", "cy": "Cymraeg"}


class Pages(flask_babel.Domain):  # type: ignore[misc]  # - untyped upstream
    """The sentences of the pages, straight from the catalogues' text."""

    def get_translations(self) -> NullTranslations:
        return read_catalogue(CATALOGUES, current())


bp = Blueprint("language", __name__)


def init_app(app: Flask) -> None:
    """Choose a language for every request, and offer `/language/<code>` to change it."""
    babel = Babel(app, locale_selector=choose, timezone_selector=lambda: "Europe/London")
    babel.domain_instance = Pages()
    app.register_blueprint(bp)
    app.context_processor(lambda: {"locale": current(), "languages": languages})


def gettext(message: str, **params: object) -> str:
    """The message in the page's language; as flask_babel has it, with types."""
    return str(flask_babel.gettext(message, **params))


def ngettext(one: str, many: str, number: int, **params: object) -> str:
    """One message or the other, by number, in the page's language. `%(num)d` is the number."""
    return str(flask_babel.ngettext(one, many, number, **params))


def offered() -> tuple[str, ...]:
    return runtime().settings.locales


def choose() -> str:
    """The language for this request."""
    chosen = request.cookies.get(COOKIE, "")
    if chosen in offered():
        return chosen
    return request.accept_languages.best_match(offered(), default=offered()[0]) or "en"


def current() -> str:
    """The language code of the page being made: "en", "fr", "es"."""
    locale = get_locale()
    return str(locale.language) if locale else "en"


def remember(response: Response, locale: str) -> Response:
    """Keep a choice of language on this device."""
    if locale in offered():
        secure = runtime().settings.https
        response.set_cookie(COOKIE, locale, max_age=A_YEAR, secure=secure, httponly=True, samesite="Lax")
    return response


def welcome(response: Response, locale: str) -> Response:
    """At sign-in: the account's own language, unless the reader has chosen one on this device."""
    return response if request.cookies.get(COOKIE) in offered() else remember(response, locale)


def languages() -> list[dict[str, str | bool]]:
    """Each language offered, named in itself, with the address that changes to it and comes back here."""
    here = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return [
        {"code": code, "name": NAMES.get(code, code), "current": code == current(), "back": here} for code in offered()
    ]


@bp.get("/language/<code>")
@access.file
def change(code: str) -> Response:
    """Change the language and go back to where the reader was."""
    if code not in offered():
        abort(404)
    return remember(redirect(_local(request.args.get("next", "/")), 303), code)


def _local(address: str) -> str:
    """The address if it is a path of ours, else the front page: a link must not send people elsewhere."""
    parts = urlsplit(address)
    ours = (
        address.startswith("/") and not address.startswith(("//", "/\\")) and not parts.netloc and "\\" not in address
    )
    return address if ours and address.isprintable() else "/"
