"""What somebody had typed into a form that could not be taken: kept on the error page, so that nobody has to write it twice."""

import re
from dataclasses import dataclass

from flask import current_app, g, request
from flask_wtf.csrf import validate_csrf
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms import ValidationError

SECRET = re.compile(r"password|passphrase|pwd|token|secret|otp|(^|_)(code|pin|key)$", re.IGNORECASE)
MACHINE = re.compile(r"^(client_token|version|csrf_token|next|step)$")


@dataclass(frozen=True, slots=True)
class Typed:
    """One field of the lost form: its name, what people call it, its values, and whether people or the page filled it in."""

    name: str
    label: str
    values: tuple[str, ...]
    shown: bool


def typed_fields() -> list[Typed]:
    """Every field that may be shown and sent again, in the order of the form. Passwords, codes and tokens never are."""
    try:
        sent = request.form.lists()
        return [_typed(name, values) for name, values in sent if MACHINE.match(name) or not SECRET.search(name)]
    except RequestEntityTooLarge:
        return []


def may_send_again() -> bool:
    """True if this form was really sent from our own page, with nothing left out that would have to be typed again."""
    if (
        request.method != "POST"
        or request.files
        or any(SECRET.search(name) and not MACHINE.match(name) for name in request.form)
    ):
        return False
    if not current_app.config.get("WTF_CSRF_ENABLED", True):
        return True
    try:
        validate_csrf(request.form.get("csrf_token") or request.headers.get("X-CSRFToken"))
    except ValidationError:
        return False
    return True


def _typed(name: str, values: list[str]) -> Typed:
    field = getattr(g.get("form"), "_fields", {}).get(name)
    label = str(field.label.text) if field is not None else name.replace("_", " ").replace("-", " ").capitalize()
    kept = () if name == "csrf_token" else tuple(values)
    return Typed(name, label, kept, shown=not MACHINE.match(name) and any(value.strip() for value in values))
