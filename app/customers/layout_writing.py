"""A layout as the TOML that `read_layout` reads: what was made in the console can be read, kept and committed."""

import json
from collections.abc import Mapping
from typing import Any

from app.customers.layout import Layout

_NOT_WRITTEN: tuple[object, ...] = (None, {}, [], ())


def as_toml(layout: Layout) -> str:
    """The layout, table by table."""
    content = layout.as_json()
    lines = [f"{name} = {_value(content[name])}" for name in ("slug", "name", "unit")]
    for name in ("file", "dates", "trust"):
        lines += ["", f"[{name}]", *_pairs(content[name])]
    for record in content["records"]:
        attributes = record.pop("attributes")
        lines += ["", "[[records]]", *_pairs(record), "[records.attributes]", *_pairs(attributes)]
    for name in ("proof", "register"):
        if content[name]:
            lines += ["", f"[{name}]", *_pairs(content[name])]
    return "\n".join(lines) + "\n"


def _pairs(table: Mapping[str, Any]) -> list[str]:
    return [f"{_key(name)} = {_value(value)}" for name, value in table.items() if value not in _NOT_WRITTEN]


def _key(name: str) -> str:
    return name if name.replace("_", "").replace("-", "").isalnum() and name.isascii() else _text(name)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(name)} = {_value(item)}" for name, item in value.items())
        return f"{{ {inside} }}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _text(value: str) -> str:
    """JSON's strings are TOML's, but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
