"""Lets Babel find the catalogue's sentences: the service's names, questions, hints, choices and scripts."""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from typing import BinaryIO

from app.organisation.catalogue_files import texts

Message = tuple[int, str, str, list[str]]


def extract(
    file: BinaryIO,
    _keywords: Collection[str],
    _comment_tags: Collection[str],
    options: Mapping[str, str],  # noqa: ARG001 - Babel passes it by this name
) -> Iterator[Message]:
    """Babel's extraction interface: line, function, message and comments of each text in a catalogue file."""
    source = file.read().decode("utf-8")
    for text in texts(tomllib.loads(source)):
        yield _line_of(text, source), "gettext", text, []


def _line_of(text: str, source: str) -> int:
    before, found, _ = source.partition(text)
    return before.count("\n") + 1 if found else 1
