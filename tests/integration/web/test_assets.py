"""Built files are found by their plain names, kept for ever, and never lead outside their folder."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.web.assets import DIST, asset_url, manifest

needs_build = pytest.mark.skipif(not (DIST / "manifest.json").exists(), reason="front-end assets are not built")


@needs_build
@pytest.mark.parametrize(
    "name", ["portal.css", "portal.js", "console.css", "console.js", "api-docs.css", "api-docs.js", "favicon.svg"]
)
def test_every_asset_is_there_and_kept_for_a_year(kit_app: Flask, browser: FlaskClient, name: str) -> None:
    with kit_app.test_request_context():
        address = asset_url(name)
    response = browser.get(address, buffered=True)
    assert response.status_code == 200
    assert "max-age=31536000" in response.headers["Cache-Control"]
    assert "immutable" in response.headers["Cache-Control"]
    assert name not in address


@needs_build
def test_a_browser_that_takes_gzip_gets_it(browser: FlaskClient) -> None:
    name = manifest()["console.css"]
    plain = browser.get(f"/assets/{name}", buffered=True)
    squeezed = browser.get(f"/assets/{name}", headers={"Accept-Encoding": "gzip, br"}, buffered=True)
    assert squeezed.headers["Content-Encoding"] == "gzip"
    assert squeezed.mimetype == plain.mimetype == "text/css"
    assert len(squeezed.data) < len(plain.data) / 4


@needs_build
def test_styles_load_nothing_from_elsewhere(browser: FlaskClient) -> None:
    for name in ("portal.css", "console.css"):
        css = browser.get(f"/assets/{manifest()[name]}", buffered=True).get_data(as_text=True)
        assert "url(http" not in css
        assert "url(//" not in css
        assert "GDS Transport" not in css


@pytest.mark.parametrize(
    "name", ["../assets.py", "..%2f..%2fassets.py", "nothing.css", "manifest.json.gz", "%2e%2e/kit.py"]
)
def test_nothing_else_is_served(browser: FlaskClient, name: str) -> None:
    assert browser.get(f"/assets/{name}", headers={"Accept-Encoding": "gzip"}).status_code == 404
