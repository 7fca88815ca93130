"""Finds services by the words people use for them, in their own language and with a typing mistake or two."""

from collections.abc import Sequence

from anyascii import anyascii
from rapidfuzz import fuzz, process

from app.organisation.rows import ServiceRow
from app.web.i18n import gettext

CLOSE = 82


def search(services: Sequence[ServiceRow], text: str) -> list[ServiceRow]:
    """The services in which every word typed occurs, or something close to it; those named so first."""
    words = [word for word in _fold(text).split() if len(word) > 1]
    scored = [(_score(service, words), service) for service in services]
    return [service for score, service in sorted(scored, key=lambda pair: (-pair[0], pair[1].name)) if score > 0]


def _score(service: ServiceRow, words: Sequence[str]) -> int:
    name = _fold(gettext(service.name)).split()
    rest = _fold(" ".join(gettext(text) for text in _texts(service))).split()
    found = [3 if _occurs(word, name) else 1 if _occurs(word, rest) else 0 for word in words]
    return sum(found) if found and all(found) else 0


def _texts(service: ServiceRow) -> list[str]:
    labels = [option.label for question in service.questions for option in question.options]
    return [service.summary, *(question.label for question in service.questions), *labels]


def _occurs(word: str, among: Sequence[str]) -> bool:
    if any(other.startswith(word) for other in among):
        return True
    return len(word) > 3 and process.extractOne(word, among, scorer=fuzz.ratio, score_cutoff=CLOSE) is not None


def _fold(text: str) -> str:
    return "".join(symbol if symbol.isalnum() else " " for symbol in anyascii(text).casefold())
