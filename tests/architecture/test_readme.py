"""What the README and the other pages promise is there: links, pictures, commands, settings, sign-ins, the house."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.main import COMMANDS
from app.config import Settings
from app.seeds.demo import RESIDENT, SIGN_INS
from scripts import picture_house

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
PAGES = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
TARGET = re.compile(r"\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$", re.MULTILINE)
SETTING = re.compile(r"\b(FIRSTPOINT_[A-Z_]+|DATABASE_URL|SECRET_KEY)\b")
LARGEST_PICTURE = 200_000


def links(page: Path) -> Iterator[str]:
    """The relative links and pictures of a page, code left out."""
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(), flags=re.DOTALL)
    for match in TARGET.finditer(prose):
        target = match.group(1) or match.group(2)
        if "://" not in target and not target.startswith("mailto:"):
            yield target


def anchors(page: Path) -> set[str]:
    """The fragments of a page's headings, as the places that show Markdown make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_picture_leads_somewhere(page: Path) -> None:
    for target in links(page):
        name, _, fragment = target.partition("#")
        leads_to = (page.parent / name).resolve() if name else page
        assert leads_to.exists(), f"{target} is not there"
        assert leads_to.is_relative_to(ROOT), f"{target} leads out of the repository"
        assert not fragment or fragment in anchors(leads_to), f"{target}: no such heading"


def test_the_readme_leads_to_every_handbook() -> None:
    linked = {(ROOT / target).resolve() for target in links(ROOT / "README.md")}
    assert set((ROOT / "docs").glob("*.md")) - linked == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_target_named_exists(page: Path) -> None:
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    text = page.read_text()
    named = re.findall(r"`make ([a-z][a-z -]*)|^make ([a-z][a-z -]*)", text, re.MULTILINE)
    words = {word for match in named for word in " ".join(match).split()}
    assert words - known == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_setting_named_exists(page: Path) -> None:
    known = {
        str(field.validation_alias or f"FIRSTPOINT_{name.upper()}") for name, field in Settings.model_fields.items()
    }
    named = {name for name in SETTING.findall(page.read_text()) if not name.endswith("_")}
    assert named - known == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_named_exists(page: Path) -> None:
    named = re.findall(r"(?:`|^|/bin/|exec web )firstpoint ([a-z]+)", page.read_text(), re.MULTILINE)
    assert set(named) - set(COMMANDS) == set()


def test_the_sign_ins_of_the_readme_are_those_of_the_demo() -> None:
    shown = re.findall(r"^\| ([^|]+) \| `([^`|]+@[^`|]+)` \|", README, re.MULTILINE)
    assert shown == [(sign_in.shown_as, sign_in.email) for sign_in in SIGN_INS]
    assert f"`{RESIDENT.password}`" in README


def test_what_it_does_takes_ten_lines() -> None:
    assert re.findall(r"^(\d+)\. ", README, re.MULTILINE) == [str(number) for number in range(1, 11)]


def test_the_picture_of_the_house_is_of_this_house() -> None:
    """If this fails, run: python scripts/picture_house.py"""
    assert picture_house.PICTURE.read_text() == picture_house.drawn()


def test_the_architecture_says_what_each_storey_is_for() -> None:
    assert {" | ".join(rooms) for rooms in picture_house.storeys()} == set(picture_house.meanings())


def test_pictures_are_light_enough_to_be_read_anywhere() -> None:
    pictures = list((ROOT / "docs" / "images").glob("*"))
    assert {picture.name for picture in pictures} >= {"house.svg", "portal.png", "console.png"}
    for picture in pictures:
        assert picture.stat().st_size < LARGEST_PICTURE, picture.name
