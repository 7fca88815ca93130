"""Structured logs: one JSON object a line, with fields, without personal data and without anything that opens a door."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

HIDDEN = "[hidden]"
SECRETS = (
    (re.compile(r"((?:/|%2F)(?:confirm|new-password|handoff)(?:/|%2F))[^\s\"'?&#/]+", re.IGNORECASE), rf"\1{HIDDEN}"),
    (re.compile(r"\b(fpk_[0-9A-Za-z]+)_[\w-]+"), rf"\1_{HIDDEN}"),
    (re.compile(r"\b(bearer)\s+(?!fpk_)[\w.~+/-]{16,}=*", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (re.compile(r"^(\s*(?:\w+: )?DETAIL: ).*$", re.MULTILINE), rf"\1{HIDDEN}"),
)
"""Links that work once, API keys, whatever else comes as a bearer token, and the row that a refusal of the database repeats."""


def without_secrets(text: str) -> str:
    """The text as it may be written down."""
    for pattern, instead in SECRETS:
        text = pattern.sub(instead, text)
    return text


def hide_secrets(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last processor of every line, ours and the libraries': whatever is text in it is cleaned."""
    return {name: _hidden(value) if not name.startswith("_") else value for name, value in event.items()}


def _hidden(value: Any) -> Any:
    match value:
        case str():
            return without_secrets(value)
        case dict():
            return {name: _hidden(item) for name, item in value.items()}
        case list() | tuple():
            return [_hidden(item) for item in value]
        case _:
            return value


def configure(level: str = "INFO", *, as_json: bool = True) -> None:
    """Route our own and the libraries' logs through one renderer to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        hide_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Any = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger
