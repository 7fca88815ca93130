"""Addresses of other pages, other orders and fewer filters of the list being looked at; everything else in the address stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Flask, request
from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri

from app.kernel.paging import PageRequest


@dataclass(frozen=True, slots=True)
class Step:
    """One item of the page links: a page number, or a gap where number is None."""

    number: int | None
    current: bool = False


def wanted(size: int = 25) -> PageRequest:
    """The page asked for by `?page=`; nonsense means the first."""
    return PageRequest(request.args.get("page", 1, type=int), size)


def address(**changes: str | int | None) -> str:
    """This list with some arguments changed; None takes one away. A change of anything but the page goes back to page 1."""
    arguments: MultiDict[str, str] = MultiDict(request.args)
    if "page" not in changes:
        arguments.poplist("page")
    for name, value in changes.items():
        arguments.poplist(name)
        if value is not None:
            arguments.add(name, str(value))
    query = urlencode(list(arguments.items(multi=True)))
    return iri_to_uri(request.path) + (f"?{query}" if query else "")


def steps(number: int, pages: int) -> Sequence[Step]:
    """First, last, and the pages around the present one, with gaps between: 1 … 4 5 6 … 20."""
    shown = sorted({1, pages, *range(max(1, number - 1), min(pages, number + 1) + 1)})
    found: list[Step] = []
    for before, page in zip([0, *shown], shown, strict=False):
        if page - before > 1:
            found.append(Step(before + 1 if page - before == 2 else None))
        found.append(Step(page, current=page == number))
    return found


def order(choices: Mapping[str, object], default: str) -> tuple[str, bool]:
    """The order asked for by `?sort=name` or `?sort=-name`, if it is one of the choices: its name, and whether it descends."""
    asked = request.args.get("sort", default)
    name = asked.removeprefix("-")
    return (name, asked.startswith("-")) if name in choices else (default.removeprefix("-"), default.startswith("-"))


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(list_address=address, page_steps=steps)
