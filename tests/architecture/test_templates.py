"""Every template parses, every page has a title, a heading and a layout, and nothing in them breaks the security policy."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, nodes

from app.web import i18n, kit, security
from app.web.context import EXTENSION

ROOT = Path(__file__).parents[2]
FOLDERS = ("app/web/templates", "app/api/templates", "portal/templates", "agent_console/templates")
TEMPLATES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.html"))
LAYOUTS = {"web/base.html", "web/layout_portal.html", "web/layout_console.html"}
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=\"|javascript:|https?://(?!www\.w3\.org)", re.IGNORECASE)
SCRIPT = re.compile(r"<script(?![^>]*\bnonce=)", re.IGNORECASE)


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.fixture(scope="module")
def environment() -> Environment:
    """The environment templates really run in, with its filters and extensions."""
    app = Flask("templates", static_folder=None)
    app.config["SECRET_KEY"] = "t" * 40
    app.extensions[EXTENSION] = None
    for part in (i18n, kit, security):
        part.init_app(app)
    return app.jinja_env


def _is_page(path: Path) -> bool:
    inside = str(path).split("/templates/", 1)[1]
    return not (
        inside in LAYOUTS or path.name.startswith("_") or "components" in inside or inside == "web/property.html"
    )


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 10


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_it_parses(path: Path, environment: Environment) -> None:
    environment.parse(path.read_text("utf-8"), filename=str(path))


@pytest.mark.parametrize("path", [path for path in TEMPLATES if _is_page(path)], ids=_name)
def test_a_page_stands_on_a_layout_and_has_a_title_and_a_heading(path: Path, environment: Environment) -> None:
    source = path.read_text("utf-8")
    tree = environment.parse(source)
    if not list(tree.find_all(nodes.Extends)):
        pytest.skip("a fragment that pages include or htmx swaps in")
    blocks = {block.name: block for block in tree.find_all(nodes.Block)}
    assert "title" in blocks, "the page has no title"
    assert list(blocks["title"].find_all(nodes.Output)), "the title is empty"
    assert source.count("<h1") >= 1, "the page has no h1"


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(path: Path) -> None:
    source = path.read_text("utf-8")
    assert not INLINE.findall(source)
    assert not SCRIPT.findall(source)


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_nothing_is_marked_safe(path: Path) -> None:
    assert not re.findall(r"\|\s*safe\b|autoescape false", path.read_text("utf-8"))


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_every_posted_form_carries_a_token(path: Path) -> None:
    source = path.read_text("utf-8")
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", source, re.DOTALL | re.IGNORECASE):
        assert "csrf_token" in form or "hidden_tag" in form, form[:80]


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_words_go_through_gettext(path: Path) -> None:
    """Text between tags that has a word of four letters and is not inside a Jinja expression was forgotten."""
    source = path.read_text("utf-8")
    bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<script.*?</script>|<!--.*?-->", "", source, flags=re.DOTALL)
    bare = re.sub(r"&[a-z]+;", "", bare)
    forgotten = [text.strip() for text in re.findall(r">([^<>]+)<", bare) if re.search(r"[A-Za-z]{4,}", text)]
    assert [text for text in forgotten if text != "Firstpoint" and "Firstpoint ·" not in text] == []


@pytest.mark.parametrize("name", ["layout_portal.html", "layout_console.html"])
def test_layouts_say_their_language_and_let_people_skip(name: str) -> None:
    folder = ROOT / "app/web/templates/web"
    base = (folder / "base.html").read_text("utf-8")
    assert '<html lang="{{ locale }}"' in base
    assert 'href="#main-content"' in base
    assert 'id="main-content"' in (folder / name).read_text("utf-8")
