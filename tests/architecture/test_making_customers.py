"""Nobody makes a customer's record without having been shown who is like them.

There are two ways in. A source sends records of its own, which are matched as they come; or a person adds one, by a service that
refuses until whoever is like them has been looked at. A new way in belongs in these lists, and has to keep to the same.
"""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = {
    str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8"))
    for room in ("app", "portal", "agent_console")
    for path in sorted((ROOT / room).rglob("*.py"))
}
WRITES = {"app/customers/loading/writing.py"}
"""Where rows of source records are written."""
SENDS = {"app/api/v1/source_records.py", "app/customers/services/adding.py"}
"""Who hands records to be written: a source's own system, and the service below."""
ADDS = {"agent_console/views/adding.py"}
"""The forms that make a customer."""


def called(tree: ast.Module) -> set[str]:
    """Names of the functions and methods that a module calls."""
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {
        one.attr if isinstance(one, ast.Attribute) else one.id
        for one in calls
        if isinstance(one, ast.Attribute | ast.Name)
    }


def said(tree: ast.Module) -> str:
    """The texts of a module, statements among them."""
    return "\n".join(
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def imported_from(tree: ast.Module, name: str) -> bool:
    return any(
        isinstance(node, ast.ImportFrom) and any(one.name == name for one in node.names) for node in ast.walk(tree)
    )


def test_source_records_are_written_in_one_place() -> None:
    writing = {
        path
        for path, tree in SOURCE.items()
        if "INSERT INTO source_record (" in said(tree) or "SourceRecord" in called(tree)
    }
    assert {path for path in writing if path not in _MAPPED} == WRITES


_MAPPED = {"app/customers/matching/survival.py"}
"""Calls the engine's class of the same name."""


def test_records_are_handed_over_by_sources_and_by_the_service_that_looks_first() -> None:
    handing = {path for path, tree in SOURCE.items() if "push" in called(tree) and _is_customers(tree)}
    assert handing == SENDS


def test_every_form_that_makes_a_customer_shows_who_is_like_them_and_says_whom_it_showed() -> None:
    adding = {path: tree for path, tree in SOURCE.items() if "add_customer" in called(tree)}
    assert set(adding) == ADDS
    for path, tree in adding.items():
        assert "match_person" in called(tree), path
        handled = {
            node.type.id
            for node in ast.walk(tree)
            if isinstance(node, ast.ExceptHandler) and isinstance(node.type, ast.Name)
        }
        assert "LikelyAlready" in handled, path
        [call] = [
            node for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add_customer"
        ]  # fmt: skip
        assert "shown" in {word.arg for word in call.keywords}, path


def test_the_service_itself_looks_before_it_writes() -> None:
    [add] = [
        node for node in ast.walk(SOURCE["app/customers/services/adding.py"])
        if isinstance(node, ast.FunctionDef) and node.name == "add_customer"
    ]  # fmt: skip
    lines = {
        node.func.id: node.lineno for node in ast.walk(add) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }  # fmt: skip
    assert lines["likely"] < lines["LikelyAlready"] < lines["_written"]


def _is_customers(tree: ast.Module) -> bool:
    """Whether what is called `push` can be the customers' room's."""
    return imported_from(tree, "push") or any(
        isinstance(node, ast.ImportFrom)
        and node.module == "app.customers"
        and any(one.name == "services" for one in node.names)
        for node in ast.walk(tree)
    )
