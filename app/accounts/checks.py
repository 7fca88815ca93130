"""What people type about themselves, checked and put into one form."""

import re
from collections.abc import Callable

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from app.kernel.errors import Invalid
from app.kernel.i18n import N_

LONGEST_NAME = 100
LOOKS_LIKE_A_LINK = re.compile(r"://|www\.|[<>]", re.IGNORECASE)


def clean_email(text: str) -> str:
    """The address in its usual form. Raises Invalid."""
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise Invalid({"email": N_("Enter an e-mail address in the correct format, like name@example.com")}) from error


def clean_name(text: str) -> str:
    """The name with single spaces. It travels in our e-mails, so nothing that looks like a link may pass. Raises Invalid."""
    name = " ".join(text.split())
    if not name:
        raise Invalid({"name": N_("Enter your full name")})
    if len(name) > LONGEST_NAME:
        raise Invalid({"name": N_("Use at most %(longest)s characters for the name")}, longest=LONGEST_NAME)
    if LOOKS_LIKE_A_LINK.search(name) or not name.isprintable():
        raise Invalid({"name": N_("A name cannot contain links or signs like < and >")})
    return name


def clean_phone(text: str | None) -> str | None:
    """The number in international form, or None for an empty field. Raises Invalid."""
    if text is None or not text.strip():
        return None
    try:
        number = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException as error:
        raise Invalid({"phone": PHONE}) from error
    if not phonenumbers.is_possible_number(number):
        raise Invalid({"phone": PHONE})
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


PHONE = N_("Enter a phone number, like 01632 960 001 or 07700 900 982")


def together(*checks: Callable[[], object]) -> None:
    """Run every check, and raise one Invalid with all that is wrong."""
    errors: dict[str, str] = {}
    params: dict[str, object] = {}
    for check in checks:
        try:
            check()
        except Invalid as invalid:
            errors |= invalid.errors
            params |= invalid.params
    if errors:
        raise Invalid(errors, **params)
