"""The guarded door to other systems' HTTP: nobody can make us knock at a door of our own network.

An address that somebody typed into a form could name the database, the cloud's metadata, or a colleague's printer. So the
host is read strictly, its name is resolved once, every address that it gave is checked, and the connection goes to exactly
an address that was checked. Nothing is followed, and one deadline covers everything, against a peer that drips too.
"""

import http.client
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Self
from urllib.parse import urlsplit

from urllib3 import HTTPHeaderDict
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

TIMEOUT = 15.0
LARGEST = 1024 * 1024
CHUNK = 64 * 1024
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)", re.IGNORECASE)
LOOKS_LIKE_A_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
PORTS = {"http": 80, "https": 443}
OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding"})

CLOSED: tuple[Network, ...] = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
    )
)  # fmt: skip
"""Special-purpose networks of IANA's registries: none of them is another body's web server."""
UNICAST = ip_network("2000::/3")
"""All of IPv6 that is given out; everything else, and with it every address that wraps another, stays closed."""


class OutboundError(Exception):
    """The other system gave no answer that can be used. The text is for staff: it names no path, no query, no secret."""


class BadUrl(OutboundError):
    """This is not an address that we read: not http or https, an odd host, a user name in it."""


class ForbiddenAddress(OutboundError):
    """The host is in a network that is not open to us. No connection was made."""


class NoAnswer(OutboundError):
    """The name is unknown, nobody listens, the certificate does not fit, or the connection broke."""


class TooSlow(OutboundError):
    """The whole answer was not there by the deadline."""


class TooLarge(OutboundError):
    """The answer is longer than was allowed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other system said. Header names are found in any case; a redirect is an answer like any other."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


@dataclass(frozen=True, slots=True)
class Target:
    """A URL, taken apart and found well-formed."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == PORTS[self.scheme] else f"{name}:{self.port}"


def fetch(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    timeout: float = TIMEOUT,
    max_bytes: int = LARGEST,
    allowed: Sequence[Network] = (),
    trust: ssl.SSLContext | None = None,
) -> Answer:
    """One request and its whole answer within `timeout` seconds and `max_bytes`; raises a kind of OutboundError otherwise.

    `allowed` opens networks that are closed to all (Settings.outbound_allowed); `trust` replaces the usual authorities.
    """
    deadline = time.monotonic() + timeout
    target = read_url(url)
    given = {name: value for name, value in (headers or {}).items() if name.lower() not in OURS}
    sent = {**given, "Host": target.host_header, "Accept-Encoding": "identity", "Connection": "close"}
    line = _connected(target, checked_addresses(target, allowed, deadline), deadline, trust)
    with _Watch(line, deadline) as watch:
        try:
            line.request(method, target.path, body, sent, preload_content=False, decode_content=False)
            answer = line.getresponse()
            content = _read(answer.read, max_bytes)
            if watch.ended:
                raise TooSlow(f"{target.host} did not answer within {timeout:g} seconds")
            return Answer(answer.status, HTTPHeaderDict(answer.headers), content)
        except (OSError, HTTPError, http.client.HTTPException, ValueError) as error:
            if watch.ended or isinstance(error, TimeoutError):
                raise TooSlow(f"{target.host} did not answer within {timeout:g} seconds") from error
            raise NoAnswer(f"{target.host} broke off: {type(error).__name__}") from error


def check_url(url: str, allowed: Sequence[Network] = ()) -> None:
    """For forms: raises BadUrl for what cannot be read and ForbiddenAddress for a closed literal address; looks no name up."""
    target = read_url(url)
    literal = _literal(target.host)
    if literal is not None:
        _must_be_open(target.host, literal, allowed)


def read_url(url: str) -> Target:
    """Take a URL apart. Only what has one meaning for every reader gets through: raises BadUrl otherwise."""
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise BadUrl("The address has letters that addresses do not have; write a foreign name in its xn-- form")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadUrl("The address cannot be read") from error
    if parts.scheme not in PORTS:
        raise BadUrl("The address has to begin with https:// or http://")
    if "@" in parts.netloc or port == 0 or parts.netloc.endswith(":"):
        raise BadUrl("The address may hold a host and a port, and no user name")
    host = parts.hostname or ""
    bracketed = parts.netloc.startswith("[")
    if not (_is_ipv6(host) if bracketed else _is_name(host) or _is_ipv4(host)):
        raise BadUrl("The host has to be a full name like service.example, or a plain IP address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port or PORTS[parts.scheme], path)


def is_public(address: Address) -> bool:
    """True for an address that can only be somebody's own place on the public internet."""
    if any(address in network for network in CLOSED if network.version == address.version):
        return False
    return address.version == 4 or address in UNICAST


def checked_addresses(target: Target, allowed: Sequence[Network], deadline: float) -> list[Address]:
    """All addresses of the host, each of them open to us. One closed address among them closes the host."""
    literal = _literal(target.host)
    addresses = [literal] if literal is not None else _resolved(target, deadline)
    for address in addresses:
        _must_be_open(target.host, address, allowed)
    return addresses


def _must_be_open(host: str, address: Address, allowed: Sequence[Network]) -> None:
    if not is_public(address) and not any(address in network for network in allowed):
        raise ForbiddenAddress(f"{host} is in a network that is closed to us. FIRSTPOINT_OUTBOUND_ALLOWED can open it")


def _literal(host: str) -> Address | None:
    return ip_address(host) if _is_ipv4(host) or _is_ipv6(host) else None


def _is_ipv4(host: str) -> bool:
    """Four plain decimal numbers: no octal, no hex, none left out."""
    try:
        return str(IPv4Address(host)) == host
    except ValueError:
        return False


def _is_ipv6(host: str) -> bool:
    try:
        return IPv6Address(host).scope_id is None
    except ValueError:
        return False


def _is_name(host: str) -> bool:
    """Labels of letters, digits and dashes, the last of which no reader could take for a number."""
    labels = host.split(".")
    well_made = len(host) <= 253 and all(LABEL.fullmatch(label) for label in labels)
    return well_made and not LOOKS_LIKE_A_NUMBER.fullmatch(labels[-1])


def _resolved(target: Target, deadline: float) -> list[Address]:
    """What the resolver says, in its order. It knows no deadline of its own, so it is asked from a thread that may be left."""
    found: list[Address] = []

    def ask() -> None:
        try:
            infos = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend(dict.fromkeys(ip_address(str(info[4][0])) for info in infos))

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(_left(deadline))
    if asking.is_alive():
        raise TooSlow(f"{target.host} could not be looked up in time")
    if not found:
        raise NoAnswer(f"There is no host {target.host}")
    return found


def _left(deadline: float) -> float:
    return max(0.001, deadline - time.monotonic())


def _connected(
    target: Target, addresses: Sequence[Address], deadline: float, trust: ssl.SSLContext | None
) -> HTTPConnection:
    """A connection to the first of the checked addresses that takes one; TLS is for the name that was asked for."""
    failure: Exception = OSError()
    for address in addresses:
        line = _line(target, str(address), _left(deadline), trust)
        try:
            line.connect()
        except (OSError, HTTPError, ValueError) as error:  # a certificate for another name is a ValueError
            line.close()
            failure = error
        else:
            return line
    if time.monotonic() >= deadline:
        raise TooSlow(f"{target.host} could not be reached in time") from failure
    raise NoAnswer(f"{target.host} could not be reached: {type(failure).__name__}") from failure


def _line(target: Target, address: str, seconds: float, trust: ssl.SSLContext | None) -> HTTPConnection:
    if target.scheme == "http":
        return HTTPConnection(address, target.port, timeout=seconds)
    return HTTPSConnection(
        address, target.port, timeout=seconds, ssl_context=trust or ssl.create_default_context(),
        server_hostname=target.host, assert_hostname=target.host,
    )  # fmt: skip


class _Watch:
    """Breaks the connection at the deadline, whatever it is doing, and closes it at the end."""

    def __init__(self, line: HTTPConnection, deadline: float) -> None:
        self._line = line
        self._socket: socket.socket | None = line.sock
        self._timer = threading.Timer(_left(deadline), self._break)
        self._timer.daemon = True
        self.ended = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()
        self._line.close()

    def _break(self) -> None:
        self.ended = True
        if self._socket is not None:
            try:
                socket.socket.shutdown(
                    self._socket, socket.SHUT_RDWR
                )  # the plain one: TLS would first let go of its keys
            except OSError:
                return


def _read(read: Callable[[int], bytes], most: int) -> bytes:
    body = bytearray()
    while chunk := read(CHUNK):
        body += chunk
        if len(body) > most:
            raise TooLarge(f"The answer is longer than {most:,} bytes")
    return bytes(body)
