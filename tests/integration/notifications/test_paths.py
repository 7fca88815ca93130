"""The pages that messages lead to exist."""

import pytest
from flask import Flask
from werkzeug.routing import RequestRedirect

PATHS = [
    "/confirm/token",
    "/sign-in",
    "/forgotten-password",
    "/new-password/token",
    "/console/sign-in",
    "/console/forgotten-password",
    "/console/new-password/token",
    "/track/FP-7K3Q-92MX",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_link_in_a_message_leads_to_a_page(app: Flask, path: str) -> None:
    adapter = app.url_map.bind("localhost")

    try:
        endpoint, _ = adapter.match(path)
    except RequestRedirect as redirect:
        endpoint, _ = adapter.match(redirect.new_url.removeprefix("http://localhost"))

    assert endpoint in app.view_functions
