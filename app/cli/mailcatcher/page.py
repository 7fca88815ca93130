"""The page that shows them. Read-only; the HTML of an e-mail is shown in a frame that may run nothing and load nothing."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, quote, unquote, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from app.cli.mailcatcher.box import Box
from app.kernel.clock import LONDON

_PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'; base-uri 'none'"
_MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-popups allow-popups-to-escape-sandbox"
)
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")


def _linked(text: str) -> Markup:
    """Text with its web addresses as links, everything else escaped."""
    parts, at = [], 0
    for found in _LINK.finditer(text):
        parts += [escape(text[at : found.start()]), Markup('<a href="{0}">{0}</a>').format(found[0])]
        at = found.end()
    return Markup("").join([*parts, escape(text[at:])])


def _when(at: datetime) -> str:
    return f"{at.astimezone(LONDON):%-d %B %Y, %H:%M:%S}"


_TEMPLATES = Environment(
    loader=PackageLoader("app.cli.mailcatcher"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters.update(linked=_linked, when=_when, path=lambda key: quote(key, safe=""))


class _Page(BaseHTTPRequestHandler):
    """`/` lists, `/mail/KEY` shows, `/mail/KEY/html` is the body as it came."""

    box: Box
    protocol_version = "HTTP/1.1"
    server_version = "Firstpoint"
    sys_version = ""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        steps = [unquote(step) for step in url.path.split("/") if step]
        match steps:
            case []:
                search = parse_qs(url.query).get("q", [""])[0]
                self._show("list.html", mails=self.box.latest(search), search=search)
            case ["mail", key] if mail := self.box.get(key):
                self._show("mail.html", mail=mail)
            case ["mail", key, "html"] if mail := self.box.get(key):
                self._answer(HTTPStatus.OK, mail.html, _MAIL_POLICY)
            case _:
                self._show("missing.html", status=HTTPStatus.NOT_FOUND)

    def _show(self, template: str, status: HTTPStatus = HTTPStatus.OK, **values: object) -> None:
        self._answer(status, _TEMPLATES.get_template(template).render(**values), _PAGE_POLICY)

    def _answer(self, status: HTTPStatus, html: str, policy: str) -> None:
        body = html.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing: addresses of e-mails do not belong in logs."""


@contextmanager
def serve_page(box: Box, host: str, port: int) -> Iterator[str]:
    """Serve until the block ends; gives the address."""
    handler = type("Page", (_Page,), {"box": box})
    server_class = type("Server", (ThreadingHTTPServer,), {"address_family": _family(host), "daemon_threads": True})
    server = server_class((host, port), handler)
    thread = Thread(target=server.serve_forever, name="mail page", daemon=True)
    thread.start()
    try:
        yield f"http://{f'[{host}]' if ':' in host else host}:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def _family(host: str) -> int:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
