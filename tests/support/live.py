"""Firstpoint as it runs for people: a web server on a port, a worker that sends, a mail server that receives."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakSet

from werkzeug.serving import make_server

from app.config import Settings
from app.kernel.clock import Clock, SystemClock
from app.kernel.db import Database
from app.notifications import jobs as notifications
from app.notifications.channels.email import EmailChannel
from app.runtime import Runtime, build_bus
from tests.support.application import of_its_own
from tests.support.mail import MailServer, free_port

SECRET = "a secret for tests only, long enough to be accepted"


@dataclass(frozen=True)
class Live:
    """A running installation."""

    runtime: Runtime
    mail: MailServer

    @property
    def url(self) -> str:
        return self.runtime.settings.base_url

    @property
    def database(self) -> Database:
        return self.runtime.database


class _Attended:
    """An application that knows by whom it was called, so that the house stands until the last request is answered."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self._threads: WeakSet[threading.Thread] = WeakSet()

    def __call__(self, environ: Any, start_response: Any) -> Any:
        self._threads.add(threading.current_thread())
        return self._application(environ, start_response)

    def wait(self, seconds: float = 10) -> None:
        """Until all have had their answers and have hung up; nobody is waited for longer."""
        for thread in list(self._threads):
            thread.join(seconds)


@contextmanager
def running(database_url: str, folder: Path, clock: Clock | None = None) -> Iterator[Live]:
    """Start everything on free loopback ports; stop it all at the end. Time goes by the clock given, else by the machine's."""
    mail = MailServer()
    mail.start()
    settings = Settings(
        _env_file=None, HOST="127.0.0.1", PORT=free_port(), SECRET_KEY=SECRET, DATABASE_URL=database_url, data_dir=folder,
        smtp_port=mail.port, log_level="ERROR", demo=True,
    )  # fmt: skip
    database = Database(database_url, build_bus(settings), pool_wait=60, connect_wait=60)
    runtime = Runtime(settings, database, clock or SystemClock())
    application = _Attended(of_its_own(runtime))
    web = make_server(settings.host, settings.port, application, threaded=True)
    stop = threading.Event()
    threads = [
        threading.Thread(target=web.serve_forever, args=(0.05,)), threading.Thread(target=_deliver, args=(runtime, stop)),
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    try:
        yield Live(runtime, mail)
    finally:
        stop.set()
        web.shutdown()
        for thread in threads:
            thread.join()
        web.server_close()
        application.wait()
        mail.stop()
        runtime.database.close()


def _deliver(runtime: Runtime, stop: threading.Event) -> None:
    channel = EmailChannel(runtime.settings)
    while not stop.wait(0.2):
        notifications.deliver_due(runtime.database, channel, runtime.clock)
