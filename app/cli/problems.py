"""What goes wrong, told to the person at the keyboard: what happened and what to do, no traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from cryptography.fernet import InvalidToken
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from app.kernel.errors import DomainError, Invalid, Unavailable
from app.kernel.postgres import PostgresError

UNDEFINED_TABLE = "42P01"


class Refused(click.ClickException):
    """The house said no (exit code 1)."""


class NotReady(click.ClickException):
    """Something that the command needs is not there just now (exit code 75, as in sysexits.h: try again later)."""

    exit_code = 75


class BadSettings(click.ClickException):
    """The configuration cannot be used (exit code 78, as in sysexits.h)."""

    exit_code = 78


@contextmanager
def in_plain_words() -> Iterator[None]:
    """Turn the errors that people can do something about into messages. Others are faults of ours and keep their traceback."""
    try:
        yield
    except Unavailable as error:
        raise NotReady(
            "the database does not answer. Check that it runs and that DATABASE_URL is right (`firstpoint check` tells more)"
        ) from error
    except Invalid as error:
        raise Refused("; ".join(message % error.params for message in error.errors.values()) or str(error)) from error
    except DomainError as error:
        raise Refused(str(error)) from error
    except PostgresError as error:
        raise NotReady(str(error)) from error
    except ValidationError as error:
        raise BadSettings(_settings_in_words(error)) from error
    except InvalidToken as error:
        raise BadSettings(
            "SECRET_KEY is not the one that this database's secrets were sealed with. Set the former one; "
            "for a new demo, `firstpoint reset`"
        ) from error
    except DBAPIError as error:
        raise _from_database(error) from error


def _from_database(error: DBAPIError) -> Exception:
    if getattr(error.orig, "sqlstate", None) == UNDEFINED_TABLE:
        return NotReady("the database has no tables yet, or old ones. Run `firstpoint migrate`")
    if error.connection_invalidated or getattr(error.orig, "sqlstate", None) is None:
        return NotReady("the database does not answer. Check that it runs and that DATABASE_URL is right")
    return error


def _settings_in_words(error: ValidationError) -> str:
    lines = [f"  {'.'.join(map(str, problem['loc'])).upper()}: {problem['msg']}" for problem in error.errors()]
    return "settings that cannot be used (environment or .env; see .env.example):\n" + "\n".join(lines)
