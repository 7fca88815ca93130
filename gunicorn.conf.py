"""How gunicorn serves Firstpoint: threads, because most of them wait (for the database, or on a live screen)."""

import os
from pathlib import Path

from app.config import Settings

_settings = Settings()
_shared_memory = Path("/dev/shm")  # noqa: S108 - heartbeats of the workers, in memory rather than on a slow disk

bind = f"[{_settings.host}]:{_settings.port}" if ":" in _settings.host else f"{_settings.host}:{_settings.port}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
threads = _settings.web_threads
timeout = 60
graceful_timeout = 10
keepalive = 5
worker_tmp_dir = str(_shared_memory) if os.access(_shared_memory, os.W_OK) else None
control_socket_disable = True
# Addresses can name people and carry links that work once, so requests are counted (/metrics) and not logged: access logs stay
# off even if --access-logfile is given. What goes wrong is logged through app.kernel.logging, which hides such links.
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "root": {"level": _settings.log_level, "handlers": []},
    "loggers": {
        "gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True},
        "gunicorn.access": {"level": "WARNING", "handlers": [], "propagate": False},
    },
    "handlers": {},
    "formatters": {},
}
