"""Other systems on the loopback, well-behaved and not: each answers as it is told to, and remembers what it was asked."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Self

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@dataclass(frozen=True)
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Behaviour = Callable[[socket.socket, Asked, threading.Event], None]


def answers(status: str = "200 OK", body: bytes = b"", **headers: str) -> Behaviour:
    """One whole answer; underscores in header names stand for dashes."""

    def behave(line: socket.socket, asked: Asked, stop: threading.Event) -> None:
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        line.sendall(f"HTTP/1.1 {status}\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    return behave


def hangs(line: socket.socket, asked: Asked, stop: threading.Event) -> None:
    """Takes the request and says nothing."""
    stop.wait(300)


def drips_headers(line: socket.socket, asked: Asked, stop: threading.Event) -> None:
    """A byte of a header now and then, for ever."""
    line.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not stop.wait(0.05):
        line.sendall(b"z")


def drips_body(line: socket.socket, asked: Asked, stop: threading.Event) -> None:
    """A byte of the body now and then; where it ends nobody said."""
    line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while not stop.wait(0.05):
        line.sendall(b"z")


def floods(line: socket.socket, asked: Asked, stop: threading.Event) -> None:
    """A body without an end, as fast as it goes."""
    line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while not stop.is_set():
        line.sendall(b"z" * 65536)


def speaks_another_language(line: socket.socket, asked: Asked, stop: threading.Event) -> None:
    """Not HTTP."""
    line.sendall(b"SSH-2.0-hello\r\n")


@dataclass
class Peer:
    """A server of raw sockets: `behaviour` may be changed while it runs. `arrivals` counts connections, spoken on or not."""

    behaviour: Behaviour = field(default_factory=answers)
    tls: ssl.SSLContext | None = None
    host: str = "127.0.0.1"
    asked: list[Asked] = field(default_factory=list)
    arrivals: int = 0

    def __post_init__(self) -> None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._socket = socket.create_server((self.host, 0), family=family)
        self.port: int = self._socket.getsockname()[1]
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}/hook"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            self.arrivals += 1
            thread = threading.Thread(target=self._serve, args=(line,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, line: socket.socket) -> None:
        with suppress(OSError, ValueError):
            try:
                line.settimeout(60)
                if self.tls:
                    line = self.tls.wrap_socket(line, server_side=True)
                asked = _read(line)
                self.asked.append(asked)
                self.behaviour(line, asked, self._stop)
            finally:
                line.close()


def _read(line: socket.socket) -> Asked:
    with line.makefile("rb") as stream:
        method, path, _ = stream.readline().decode().split(" ", 2)
        headers: dict[str, str] = {}
        while text := stream.readline().decode().strip():
            name, _, value = text.partition(":")
            headers[name.strip().lower()] = value.strip()
        return Asked(method, path, headers, stream.read(int(headers.get("content-length", 0))))


@contextmanager
def peer(behaviour: Behaviour | None = None, **options: object) -> Iterator[Peer]:
    """A running peer."""
    given = {"behaviour": behaviour} if behaviour else {}
    with Peer(**(given | options)) as running:  # type: ignore[arg-type]  # - passed through as they are
        yield running


def seconds(work: Callable[[], object]) -> float:
    """How long something takes by the wall."""
    began = time.monotonic()
    work()
    return time.monotonic() - began
