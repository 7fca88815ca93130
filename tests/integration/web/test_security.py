"""What every answer tells the browser."""

import re

from flask.testing import FlaskClient


def test_scripts_run_only_from_us_and_nothing_is_unsafe(browser: FlaskClient) -> None:
    policy = browser.get("/form").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http:" not in policy


def test_the_nonce_is_new_each_time_and_marks_every_script(browser: FlaskClient) -> None:
    seen = set()
    for _ in range(2):
        response = browser.get("/form")
        nonce = re.search(r"'nonce-([^']+)'", response.headers["Content-Security-Policy"]).group(1)  # type: ignore[union-attr]  # - None fails the test here, as it should
        html = response.get_data(as_text=True)
        assert html.count("<script") == html.count(f'nonce="{nonce}"') == 2
        seen.add(nonce)
    assert len(seen) == 2


def test_pages_have_no_inline_style_and_no_inline_handler(browser: FlaskClient) -> None:
    html = browser.get("/form").get_data(as_text=True)
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", html)


def test_pages_are_not_kept_by_caches_and_send_no_address_elsewhere(browser: FlaskClient) -> None:
    headers = browser.get("/form").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]


def test_https_is_asked_for_from_then_on(over_https: FlaskClient) -> None:
    assert "max-age=31536000" in over_https.get("/form").headers["Strict-Transport-Security"]


def test_plain_http_does_not_ask_for_https(browser: FlaskClient) -> None:
    headers = browser.get("/form").headers
    assert "Strict-Transport-Security" not in headers
    assert "upgrade-insecure-requests" not in headers["Content-Security-Policy"]
