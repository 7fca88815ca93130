"""The handbooks say what is so: every setting is in the table, every address that they name is there."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask import Flask

from app.accounts.enums import Scope
from app.config import Settings

DOCS = Path(__file__).parents[2] / "docs"
OPERATIONS = (DOCS / "operations.md").read_text()
API = (DOCS / "api.md").read_text()
ROW = re.compile(r"^\| `([A-Z_]+)` \| (.+) \| (.+) \|$", re.MULTILINE)
CALL = re.compile(r"curl[^\n]*(?:\\\n[^\n]*)*?\$FIRSTPOINT(/\S*)")


def default_of(name: str) -> str:
    value = Settings.model_fields[name].default
    match value:
        case None:
            text = ""
        case bool():
            text = str(value).lower()
        case tuple():
            text = ",".join(value)
        case _:
            text = str(value)
    return f"`{text}`" if text else "empty"


def test_every_setting_is_in_the_table_as_it_is_in_the_code() -> None:
    fields = Settings.model_fields
    expected = [
        (str(field.validation_alias or f"FIRSTPOINT_{name.upper()}"), default_of(name), field.description)
        for name, field in fields.items()
    ]
    assert ROW.findall(OPERATIONS) == expected


def test_every_scope_of_a_key_is_explained() -> None:
    assert set(re.findall(r"^\| `([a-z]+:[a-z]+)` \|", API, re.MULTILINE)) == {scope.value for scope in Scope}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_call_of_the_handbook_leads_somewhere(app: Flask, method: str) -> None:
    calls = [(match.group(0), match.group(1)) for match in CALL.finditer(API)]
    wanted = [path for call, path in calls if ("--request POST" in call or "--data" in call) is (method == "POST")]
    assert wanted, "the handbook has examples of both"
    routes = app.url_map.bind("localhost")
    for path in wanted:
        plain = unquote(path.strip('"').partition("?")[0])
        address = re.sub(r"\$HANDOFF", "00000000-0000-7000-8000-000000000000", plain)
        endpoint, _ = routes.match(address, method=method)
        assert not endpoint.startswith("unknown"), path


def test_the_figures_that_are_watched_are_there(app: Flask) -> None:
    shown = app.test_client().get("/metrics").get_data(as_text=True)
    for name in set(re.findall(r"`(firstpoint_\w+)", OPERATIONS)):
        assert name in shown, name


def test_the_handbooks_name_nobodys_real_hosts() -> None:
    for text in (OPERATIONS, API):
        hosts = re.findall(r"(?:https?|postgresql)://(?:[^\s/@]*@)?([^\s/:`\"]+)", text)
        assert [
            host for host in hosts if not re.fullmatch(r"…|HOST|localhost|127\.0\.0\.1|([\w-]+\.)+example", host)
        ] == []
