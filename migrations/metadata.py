"""The metadata of every room: importing a room's `models` adds its tables, so all of them are found and imported here."""

from importlib import import_module
from pkgutil import walk_packages

import app
from app.kernel.db import Base


def load() -> type[Base]:
    """Import every `models` module (or package) under `app`, and return the base that then knows all tables."""
    for module in walk_packages(app.__path__, prefix="app."):
        if module.name.rpartition(".")[2] == "models":
            import_module(module.name)
    return Base
