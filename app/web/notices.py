"""Banners that survive one redirect: what has just been done, said at the top of the next page."""

from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from flask import Flask, flash, get_flashed_messages


class Tone(StrEnum):
    """How a banner speaks."""

    SUCCESS = "success"
    INFORMATION = "information"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Notice:
    """One banner: its tone and its text, already in the reader's language."""

    tone: Tone
    text: str


def success(text: str) -> None:
    """Say that what was asked is done: notices.success(gettext("Your reply was sent"))."""
    flash(str(text), Tone.SUCCESS)


def information(text: str) -> None:
    flash(str(text), Tone.INFORMATION)


def problem(text: str) -> None:
    flash(str(text), Tone.PROBLEM)


def waiting() -> list[Notice]:
    """The banners to show on this page; each is shown once."""
    tones = set(Tone)
    flashed = cast(list[tuple[str, str]], get_flashed_messages(with_categories=True))
    return [Notice(Tone(tone) if tone in tones else Tone.INFORMATION, text) for tone, text in flashed]


def init_app(app: Flask) -> None:
    app.jinja_env.globals["notices"] = waiting
