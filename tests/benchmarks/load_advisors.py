"""The advisors of the load bench: each at a pace of their own, looking, thinking, and now and then saving something."""

import argparse
import html
import http
import http.client
import random
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

SAVES = 0.25
"""After every fourth look something is saved."""
HIDDEN = re.compile(r'<input[^>]*name="([^"]+)"[^>]*type="hidden"[^>]*value="([^"]*)"')
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
NOTE = {"note-body": "Looked at it and rang the crew."}
MESSAGE = {"message-body": "We have rung the crew. They come tomorrow.", "message-audience": "yes"}
LOOKS: dict[str, tuple[int, Callable[[str], str]]] = {
    "my desk": (3, lambda _: "/console"),
    "a queue": (3, lambda _: "/console/enquiries?queue=waste-intake"),
    "my work": (2, lambda _: "/console/enquiries?owner=me"),
    "all, by receipt, page 3": (1, lambda _: "/console/enquiries?sort=received&page=3"),
    "find by reference": (2, lambda known: f"/console/enquiries?search={known}"),
    "find by name": (1, lambda _: "/console/enquiries?search=amari"),
    "about to be silent": (1, lambda _: "/console/enquiries/waiting"),
    "my tasks": (1, lambda _: "/console/enquiries/tasks"),
    "an enquiry": (6, lambda known: f"/console/enquiries/{known}"),
}
"""What is looked at: how often in proportion, and where it is."""


@dataclass
class Times:
    """Seconds of every answer, by page, and what went wrong."""

    reading: dict[str, list[float]] = field(default_factory=dict)
    saving: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    overtaken: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def forget(self) -> None:
        """The warm-up is over."""
        with self.lock:
            self.reading, self.saving, self.errors, self.overtaken = {}, {}, [], 0

    def note(self, kind: dict[str, list[float]], page: str, seconds: float, problem: str = "") -> None:
        with self.lock:
            kind.setdefault(page, []).append(seconds)
            if problem:
                self.errors.append(problem)


def run(port: int, tokens: Sequence[str], known: Sequence[str], given: argparse.Namespace, counting: Callable[[], None]) -> Times:  # fmt: skip
    """All advisors at once. What happens in the warm-up is not counted; `counting` is told when it ends."""
    times, stop = Times(), threading.Event()
    seats = [
        threading.Thread(target=Seat(number, port, {"fp_staff": token}, times, given.think, stop).sit, args=(known,))
        for number, token in enumerate(tokens)
    ]
    for seat in seats:
        seat.start()
    time.sleep(max(given.think, given.seconds / 10))
    times.forget()
    counting()
    time.sleep(given.seconds)
    stop.set()
    for seat in seats:
        seat.join(timeout=60)
    return times


@dataclass
class Seat:
    """One advisor at the console: their browser's cookies, and what they have looked at."""

    number: int
    port: int
    cookies: dict[str, str]
    times: Times
    think: float
    stop: threading.Event

    def sit(self, known: Sequence[str]) -> None:
        """Look, think, look, and after every few looks save something."""
        chance = random.Random(self.number)
        pages, weights = list(LOOKS), [weight for weight, _ in LOOKS.values()]
        self.stop.wait(chance.uniform(0, self.think))
        while not self.stop.is_set():
            reference = chance.choice(known)
            page = chance.choices(pages, weights)[0]
            self.look(page, LOOKS[page][1](reference))
            self._thinks(chance)
            if chance.random() < SAVES and not self.stop.is_set():
                self._save(chance, reference)

    def _save(self, chance: random.Random, reference: str) -> None:
        what = chance.choices(["a note", "a message", "take the next"], [5, 3, 2])[0]
        address = f"/console/enquiries/{reference}"
        seen = self.look("an enquiry", address) if what != "take the next" else self.look("my desk", "/console")
        self._thinks(chance)
        hidden = {name: html.unescape(value) for name, value in HIDDEN.findall(seen)}
        token = TOKEN.search(seen)
        fields = {"csrf_token": token[1] if token else ""}
        if what == "a note":
            self.save(what, f"{address}/note", fields | NOTE)
        elif what == "a message":
            self.save(
                what, f"{address}/message", fields | MESSAGE | {"message-version": hidden.get("message-version", "")}
            )
        else:
            self.save(what, "/console/next", fields)

    def _thinks(self, chance: random.Random) -> None:
        self.stop.wait(chance.expovariate(1 / self.think))

    def look(self, page: str, address: str) -> str:
        """Read a page; its markup."""
        status, seen, took = self._ask("GET", address)
        good = status == http.HTTPStatus.OK
        self.times.note(self.times.reading, page, took, "" if good else f"reading {page}: {status}")
        return seen

    def save(self, page: str, address: str, fields: dict[str, str]) -> None:
        """Send a form. That a colleague was quicker is an answer as good as any."""
        status, _, took = self._ask("POST", address, fields)
        good = status in {http.HTTPStatus.SEE_OTHER, http.HTTPStatus.CONFLICT}
        self.times.overtaken += status == http.HTTPStatus.CONFLICT
        self.times.note(self.times.saving, page, took, "" if good else f"saving {page}: {status}")

    def _ask(self, method: str, address: str, fields: dict[str, str] | None = None) -> tuple[int | str, str, float]:
        """One request on a connection of its own: the status (or what broke), the page, and the seconds."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if fields:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            connection.request(method, address, urlencode(fields) if fields else None, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
            connection.close()
        except OSError as error:
            return type(error).__name__, "", time.perf_counter() - began
        took = time.perf_counter() - began
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer.status, page, took
