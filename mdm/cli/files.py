"""The files that a command is given: the table, and the kinds of its columns as TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from mdm.errors import BadKindsFile, MissingFile
from mdm.kinds import Guess, Kind, check_kinds
from mdm.tables import read_table

EXAMPLE = '[kinds] with lines such as surname = "family_name"'


def read_kinds(path: str) -> dict[str, str]:
    """Column → kind from the `[kinds]` table of a TOML file; the kinds themselves are checked with the table."""
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise MissingFile(f"There is no file '{path}'; `python -m mdm guess FILE` writes a first version") from None
    except OSError as error:
        raise MissingFile(f"'{path}' cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadKindsFile(f"'{path}' is not TOML: {error}") from None
    kinds = content.get("kinds")
    if not isinstance(kinds, dict) or not kinds or not all(isinstance(kind, str) for kind in kinds.values()):
        raise BadKindsFile(f"'{path}' needs a table {EXAMPLE}")
    return kinds


def read_inputs(data: str, kinds: str) -> tuple[pa.Table, dict[str, Kind]]:
    """The table and its checked kinds. The kinds are read first: they are the shorter file."""
    named = read_kinds(kinds)
    table = read_table(data)
    return table, check_kinds(named, table.column_names)


def kinds_as_toml(guesses: Mapping[str, Guess]) -> str:
    """A KINDS.toml to be corrected, with the reason for each guess as a comment."""
    width = max(len(_quoted(column)) for column in guesses)
    lines = [
        f'{_quoted(column):<{width}} = "{guess.kind}"  # {guess.confidence:.2f}: {guess.why}'
        for column, guess in guesses.items()
    ]
    return "\n".join(["[kinds]", *lines, ""])


def _quoted(column: str) -> str:
    """A TOML key."""
    if column and all(c.isascii() and (c.isalnum() or c in "_-") for c in column):
        return column
    escaped = column.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'
