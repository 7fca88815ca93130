"""The web application for a test: made once in a process for each way of making it, with the test's own house behind it.

Registering some five hundred routes and compiling the templates takes longer than what most tests ask of them.
"""

from copy import copy
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from app.factory import create_app
from app.kernel import logging
from app.runtime import Runtime
from app.web.context import EXTENSION


class CompiledTemplates(BytecodeCache):
    """Templates compiled in this process, for every application in it. Jinja compares the source before it takes one."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


COMPILED = CompiledTemplates()
_made: dict[str, tuple[Flask, dict[str, Any]]] = {}


def of_its_own(runtime: Runtime) -> Flask:
    """A new application: for a test that serves it beside others, or that changes more of it than its configuration."""
    application = create_app(runtime=runtime)
    application.jinja_env.bytecode_cache = COMPILED
    return application


def behind(runtime: Runtime) -> Flask:
    """The application that these settings make, with this house behind it until the next one asks; configured as for tests."""
    settings = runtime.settings
    way = settings.model_dump_json(exclude={"data_dir"})
    if way not in _made:
        application = of_its_own(runtime)
        application.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        _made[way] = application, {name: copy(value) for name, value in application.config.items()}
    application, config = _made[way]
    logging.configure(settings.log_level, as_json=settings.log_json)
    application.config.clear()
    application.config.update({name: copy(value) for name, value in config.items()})
    application.extensions[EXTENSION] = runtime
    return application
