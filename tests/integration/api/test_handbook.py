"""The examples of docs/api.md, sent as they stand there: each does what the handbook says."""

import json
import re
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook
from werkzeug.test import TestResponse

from app.handoffs.rows import HandoffRow
from tests.integration.api.conftest import System
from tests.support.council import UPRN

API = (Path(__file__).parents[3] / "docs" / "api.md").read_text()
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
HOST = "https://council.example"


def examples(names: dict[str, str]) -> list[list[str]]:
    """Every curl of the page as its words, with the shell's names filled in."""
    words: list[str] = []
    for _, block in BLOCK.findall(API):
        if "curl" in block:
            filled = re.sub(r"\$([A-Z]+)", lambda name: names[name[1]], block.replace("\\\n", " "))
            words += [word for word in shlex.split(filled) if not re.match(r"[A-Z]+=", word)]
    starts = [place for place, word in enumerate(words) if word == "curl"]
    return [words[start + 1 : end] for start, end in zip(starts, [*starts[1:], len(words)], strict=True)]


def sent(system: System, call: list[str]) -> TestResponse:
    """What curl would do with these words."""
    headers: dict[str, str] = {}
    options: dict[str, Any] = {"method": "GET", "headers": headers}
    words = iter(call)
    address = ""
    for word in words:
        match word:
            case "-H":
                name, _, value = next(words).partition(": ")
                headers[name] = value
            case "--request":
                options["method"] = next(words)
            case "--data":
                options["data"] = next(words).replace("999010000001", UPRN)
            case _ if word.startswith(HOST):
                address = word.removeprefix(HOST)
    return system.client.open(address, **options)


def test_the_handbooks_calls_do_what_it_says(waste: System, offered: HandoffRow) -> None:
    filled = {"FIRSTPOINT": HOST, "KEY": waste.key, "HANDOFF": str(offered.id), "ENQUIRY": offered.reference}
    calls = examples(filled)
    answers = [(call, sent(waste, call)) for call in calls]
    by_verb = {call[-1].rpartition("/")[2].partition("?")[0]: answer for call, answer in answers}
    statuses = {verb: answer.status_code for verb, answer in by_verb.items()}
    assert statuses == {
        "services": 200, "handoffs": 200, "accept": 200, "decline": 409, "start": 200, "complete": 200, "return": 409,
        str(offered.id): 200, "enquiries": 201, "events": 200, "status": 200, "services.json": 200, "requests.xml": 201,
        offered.reference: 200, "files": 201, "%24match": 200,
    }  # fmt: skip
    assert by_verb["decline"].json["type"] == "urn:firstpoint:problem:not-from-here"
    assert by_verb["complete"].json["state"] == "completed"
    assert (
        sent(waste, next(call for call in calls if call[-1].endswith("/accept"))).headers["Idempotency-Replayed"]
        == "true"
    )


def test_the_inbox_looks_as_the_handbook_shows(waste: System, offered: HandoffRow) -> None:
    shown = next(json.loads(block) for kind, block in BLOCK.findall(API) if kind == "json")
    inbox = waste.get("/handoffs?state=offered").json
    (item,), (example,) = inbox["items"], shown["items"]
    assert shown.keys() == inbox.keys()
    assert example.keys() <= item.keys()
    for field in ("service", "state", "version", "next_states"):
        assert example[field] == item[field], field


def test_the_handbooks_way_to_check_a_signature_works() -> None:
    code = next(block for kind, block in BLOCK.findall(API) if kind == "python")
    given: dict[str, Any] = {}
    exec(code, given)  # noqa: S102 - it is what the handbook gives to others to run
    secret, body, now = "whsec_" + "c2VjcmV0" * 4, b'{"type":"endpoint.test"}', datetime.now(UTC)
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(now.timestamp()))}
    signature = Webhook(secret).sign("msg_1", now, body.decode())
    assert given["is_ours"](headers | {"webhook-signature": f"v1,other {signature}"}, body, secret)
    assert not given["is_ours"](headers | {"webhook-signature": signature}, body + b" ", secret)
    old = headers | {"webhook-signature": signature, "webhook-timestamp": "1600000000"}
    assert not given["is_ours"](old, body, secret)


def test_a_refusal_looks_as_the_handbook_shows(waste: System, offered: HandoffRow) -> None:
    missing = waste.post(f"/handoffs/{offered.id}/decline", {})
    assert missing.json["errors"]["json"]["reason"] == ["Missing data for required field."]
    empty = waste.post(f"/handoffs/{offered.id}/decline", {"reason": "  ", "suggested_unit": "highways"})
    assert empty.status_code == 422
    assert empty.json["type"] == "urn:firstpoint:problem:invalid"
    assert empty.json["errors"] == {"reason": "Say why you decline: the sender will read it"}
    assert empty.json["instance"].startswith("urn:firstpoint:request:ER-")
