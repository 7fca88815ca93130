"""Records from a web address that answers in JSON, page by page, through the guarded door to other systems."""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit
from zlib import crc32

from app.customers.connecting.reach import Reach
from app.customers.enums import RejectReason
from app.customers.errors import SourceAway
from app.customers.parsing.attributes import value_at
from app.customers.reading.feed import Cursor, Read, Shifted
from app.customers.reading.rows import Reject, Row, flaw_within, reject
from app.kernel.errors import Invalid
from app.kernel.i18n import N_
from app.kernel.outbound import Answer, OutboundError, check_url, fetch

LARGEST_PAGE = 16 << 20
SECONDS = 60.0
MOST_PAGES = 100_000
PAGING = ("none", "page", "next")
SIGNING_IN = ("none", "bearer", "header", "basic")


def check_http(settings: Mapping[str, Any], reach: Reach) -> None:
    """Raises Invalid for an address that is closed to us or cannot be read."""
    try:
        check_url(str(settings.get("url") or ""), reach.networks)
    except OutboundError as error:
        raise Invalid({"url": str(error)}) from error
    if settings.get("paging", "none") not in PAGING or settings.get("sign_in", "none") not in SIGNING_IN:
        raise Invalid({"paging": N_("Choose from the answers shown")})
    if settings.get("paging") == "page" and not settings.get("page_name"):
        raise Invalid({"page_name": N_("Say how the page's number is called in the address, like page")})
    if settings.get("paging") == "next" and not settings.get("next_path"):
        raise Invalid({"next_path": N_("Say where in the answer the next page's address stands, like links.next")})


class HttpFeed:
    """One page after the other. After an interruption the page is asked for again, and its first rows are passed over.

    Should the last of them no longer be in its place, rows were added or taken away before it, and others may have slipped by.
    """

    def __init__(
        self, settings: Mapping[str, Any], secret: str, reach: Reach, *, began: datetime, since: Any = None
    ) -> None:
        self._settings, self._secret, self._reach = settings, secret, reach
        self._since = since
        self._mark = began.isoformat() if settings.get("since_name") else None

    def __call__(self, after: Cursor) -> Iterator[Read]:
        number, passed = after.get("rows", 0), after.get("passed", 0)
        mark = after.get("mark", self._mark)
        page: str | None = after.get("page", self._first())
        for _ in range(MOST_PAGES):
            if page is None:
                return
            answer = self._get(page)
            items = self._items(answer)
            if passed and (len(items) < passed or _trace(items[passed - 1]) != after.get("trace")):
                raise Shifted
            for place, item in enumerate(items[passed:], start=passed + 1):
                number += 1
                cursor: Cursor = {"rows": number, "page": page, "passed": place, "trace": _trace(item)}
                yield Read(number, _row(item), cursor | ({"mark": mark} if mark else {}))
            page, passed = self._next(page, answer, items), 0

    def _first(self) -> str:
        asked = {}
        if self._since and self._settings.get("since_name"):
            asked[str(self._settings["since_name"])] = str(self._since)
        if self._settings.get("paging") == "page":
            asked[str(self._settings["page_name"])] = str(self._settings.get("first_page") or 1)
        return _with(str(self._settings["url"]), asked)

    def _next(self, page: str, answer: Any, items: list[Any]) -> str | None:
        if self._settings.get("paging") == "page" and items:
            name = str(self._settings["page_name"])
            number = int(dict(parse_qsl(urlsplit(page).query))[name])
            return _with(page, {name: str(number + 1)})
        if self._settings.get("paging") == "next":
            named = value_at(answer, str(self._settings["next_path"])) if isinstance(answer, dict) else None
            return self._same_place(urljoin(page, str(named))) if named else None
        return None

    def _same_place(self, address: str) -> str:
        """The next page is at the same host: our key goes nowhere else, whatever the answer says."""
        ours, theirs = urlsplit(str(self._settings["url"])), urlsplit(address)
        if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
            raise Invalid({"url": N_("The answer names a next page on another host, %(host)s")}, host=theirs.netloc)
        return address

    def _get(self, page: str) -> Any:
        try:
            answer = fetch(
                "GET", page, headers={"Accept": "application/json"} | self._headers(), timeout=SECONDS,
                max_bytes=LARGEST_PAGE, allowed=self._reach.networks,
            )  # fmt: skip
        except OutboundError as error:
            raise SourceAway(N_("The address does not answer: %(why)s"), why=str(error)) from error
        return _read(answer)

    def _headers(self) -> dict[str, str]:
        match self._settings.get("sign_in", "none"):
            case "bearer":
                return {"Authorization": f"Bearer {self._secret}"}
            case "basic":
                return {"Authorization": f"Basic {b64encode(self._secret.encode()).decode()}"}
            case "header":
                return {str(self._settings.get("header") or "X-Api-Key"): self._secret}
        return {}

    def _items(self, answer: Any) -> list[Any]:
        path = str(self._settings.get("items") or "")
        found = value_at(answer, path) if path and isinstance(answer, dict) else answer
        if not isinstance(found, list):
            raise Invalid({"items": N_("There is no list of records at “%(path)s” in the answer")}, path=path)
        return found


def _read(answer: Answer) -> Any:
    if answer.status in {408, 425, 429} or answer.status >= 500:
        raise SourceAway(N_("The address answers with status %(why)s"), why=str(answer.status))
    if not answer.ok:
        raise Invalid({"url": N_("The address answers with status %(status)s")}, status=answer.status)
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise Invalid({"url": N_("The answer is not JSON")}) from error


def _trace(item: Any) -> int:
    """By which a row is known again."""
    return crc32(repr(item).encode("utf-8", "surrogatepass"))


def _row(item: Any) -> Row | Reject:
    if not isinstance(item, dict):
        return reject(RejectReason.NOT_JSON, json.dumps(item, ensure_ascii=False), detail="not an object")
    flaw = flaw_within(item)
    return reject(flaw[0], json.dumps(item), detail=flaw[1]) if flaw else item


def _with(address: str, asked: Mapping[str, str]) -> str:
    parts = urlsplit(address)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in asked]
    return urlunsplit(parts._replace(query=urlencode([*kept, *asked.items()])))
