"""Firstpoint: the front office of a public body."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings


def create_app(settings: "Settings | None" = None) -> "Flask":
    """The web application. Imported here only when asked for, so that a worker or a script starts without HTML."""
    from app.factory import create_app as build  # noqa: PLC0415 - a worker or a script starts without HTML (ADR 1)

    return build(settings)
