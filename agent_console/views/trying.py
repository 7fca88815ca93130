"""What views that change something have in common: do the work if the form is whole, else show what is wrong."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.orm import Session

from app.kernel.errors import Invalid
from app.web.context import transaction
from app.web.forms import Form

T = TypeVar("T")


def attempt(form: Form, work: Callable[[Session], T]) -> T | None:
    """The result of the work; None after putting what is wrong into the form."""
    if not form.validate():
        return None
    try:
        with transaction() as session:
            return work(session)
    except Invalid as refused:
        form.refuse(refused)
        return None
