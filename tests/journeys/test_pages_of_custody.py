"""Every page of custody, handoffs and oversight is opened once on a phone: found by its links, and none is left out."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect

from app.factory import create_app
from app.handoffs import services as handoffs
from app.kernel.actors import SYSTEM
from tests.support.browser import Person
from tests.support.live import Live

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROOMS = frozenset({
    "console_oversight", "console_ageing", "console_anomalies", "console_quality", "console_queues", "console_register",
    "console_queue_register", "console_routing", "console_agreements", "console_checklists", "console_catalogue", "console_units",
    "console_people", "console_handoffs", "console_handoff_setup", "console_endpoints", "console_lists",
})  # fmt: skip
FILES = re.compile(r"\.(csv|xlsx|pdf|<\w+>)|/pack")
STARTS = {
    "monitor": ("/console/oversight", "/console/routing", "/console/agreements", "/console/handoffs", "/console/services"),
    "admin": (
        "/console/routing", "/console/routing/trouble", "/console/queues", "/console/units", "/console/agreements", "/console/handoffs/setup",
        "/console/handoffs/endpoints", "/console/checklists", "/console/services",
    ),
    "advisor": ("/console/feedback", "/console/enquiries/urgent"),
    "officer": ("/console/handoffs", "/console/handoffs/referrals", "/console/agreements"),
}  # fmt: skip


def doors(town: Live) -> MapAdapter:
    return create_app(runtime=town.runtime).url_map.bind("localhost")


def endpoint_of(adapter: MapAdapter, href: str) -> str:
    try:
        return str(adapter.match(urlsplit(href).path, method="GET")[0])
    except (HTTPException, RequestRedirect):
        return ""


def walks(person: Person, adapter: MapAdapter, starts: tuple[str, ...], seen: set[str]) -> list[str]:
    """Open one page of each kind, by whatever link leads to it first. Returns the links that led to a refusal."""
    refused = []
    ahead = [(endpoint_of(adapter, start), start) for start in starts]
    seen -= {endpoint for endpoint, _ in ahead}  # what each begins with is opened by each: other links stand there
    while ahead:
        endpoint, href = ahead.pop(0)
        if endpoint in seen or endpoint.partition(".")[0] not in ROOMS or FILES.search(urlsplit(href).path):
            continue
        response = person.goes_to(href)
        assert response is not None
        if response.status != 200:
            refused.append(f"{response.status} {href}")
            continue
        seen.add(endpoint)
        links = person.page.locator("a[href^='/console']").evaluate_all(
            "all => all.map(one => one.getAttribute('href'))"
        )
        ahead += [(endpoint_of(adapter, link), link) for link in links]
    return refused


@pytest.mark.parametrize("width", ["phone"], indirect=True)
def test_every_page_is_in_order(colleague: Callable[[str], Person], town: Live) -> None:
    adapter = doors(town)
    with town.database.transaction() as session:
        endpoint = session.scalars(text("SELECT id FROM webhook_endpoint ORDER BY id")).first()
        assert endpoint is not None
        handoffs.ping(session, SYSTEM, endpoint, now=town.runtime.clock.now())
    seen: set[str] = set()
    refused = {login: walks(colleague(login), adapter, starts, seen) for login, starts in STARTS.items()}
    every = {
        rule.endpoint
        for rule in adapter.map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint.partition(".")[0] in ROOMS and not FILES.search(rule.rule)
    }
    assert {login: links for login, links in refused.items() if links} == {}, "a link leads where its reader may not go"
    assert sorted(every - seen) == [], "no link leads to these, or nobody who was asked may follow it"
