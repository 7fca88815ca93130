"""French and Spanish are complete for what residents read: every sentence of the portal, the kit and the messages."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
LANGUAGES = ("fr", "es")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
KEYWORDS = ("-k", "N_", "-k", "_l", "-k", "lazy_gettext")
CATALOGUES = {
    "pages": ("babel.cfg", ".", "app/web/translations"),
    "messages": ("app/notifications/babel.cfg", "app", "app/notifications/translations"),
}


@pytest.fixture(scope="module", params=CATALOGUES)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def sentences(kind: str, tmp_path_factory: pytest.TempPathFactory) -> list[Message]:
    """What the code and the templates say to people now."""
    configuration, folder, _ = CATALOGUES[kind]
    found = tmp_path_factory.mktemp(kind) / "found.pot"
    with pytest.MonkeyPatch.context() as here:
        here.chdir(ROOT)
        CommandLineInterface().run(
            ["pybabel", "-q", "extract", "-F", configuration, *KEYWORDS, "-o", str(found), folder]
        )
    with found.open("rb") as written:
        return list(_real(read_po(written)))


def _catalogue(kind: str, language: str) -> Catalog:
    path = ROOT / CATALOGUES[kind][2] / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as written:
        return read_po(written, locale=language, abort_invalid=True)


def _real(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def test_something_is_found(kind: str, sentences: list[Message]) -> None:
    assert len(sentences) > 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_missing(kind: str, sentences: list[Message], language: str) -> None:
    known = _catalogue(kind, language)
    missing = [
        sentence.id
        for sentence in sentences
        if (found := known.get(sentence.id)) is None or not all(_forms(found.string))
    ]
    assert missing == [], (
        f"{len(missing)} sentences have no translation into {language}; babel.cfg says how to add them"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_over_or_unsure(kind: str, sentences: list[Message], language: str) -> None:
    said = {_forms(sentence.id) for sentence in sentences}
    assert [
        message.id for message in _real(_catalogue(kind, language)) if message.fuzzy or _forms(message.id) not in said
    ] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_translation_fills_in_the_same_things(kind: str, language: str) -> None:
    wrong = [
        message.id
        for message in _real(_catalogue(kind, language))
        for form in _forms(message.string)
        if set(PLACEHOLDER.findall(form)) != set(PLACEHOLDER.findall(_forms(message.id)[-1]))
        or "%" in PLACEHOLDER.sub("", form).replace("%%", "")
    ]
    assert wrong == []


def test_french_is_set_as_the_french_set_it(kind: str) -> None:
    """A space that does not break stands before ? ! : ; and inside the quotation marks."""
    wrong = [
        form
        for message in _real(_catalogue(kind, "fr"))
        for form in _forms(message.string)
        if re.search(r" [?!:;»]|« ", form)
    ]
    assert wrong == []
