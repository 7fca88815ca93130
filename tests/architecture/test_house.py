"""The house stays a house: what the plan says of imports, commits and routes is true of the source."""

import ast
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest
from flask import Blueprint, Flask

from app.runtime import Runtime
from app.web import access

ROOT = Path(__file__).parents[2]
SOURCE = [path for room in ("app", "mdm", "portal", "agent_console") for path in sorted((ROOT / room).rglob("*.py"))]
MAY_COMMIT = {"app/kernel/db.py"}


def _calls_named(path: Path, name: str) -> list[str]:
    tree = ast.parse(path.read_text())
    return [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name
    ]


def test_imports_point_down_only() -> None:
    checked = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_no_import_is_excused() -> None:
    config = ConfigParser()
    config.read(ROOT / "setup.cfg")
    contracts = [section for section in config.sections() if section.startswith("importlinter")]
    assert len(contracts) > 1
    assert not [section for section in contracts if config.has_option(section, "ignore_imports")]


def test_only_the_database_commits() -> None:
    found = [call for path in SOURCE for call in _calls_named(path, "commit")]
    assert [call for call in found if call.partition(":")[0] not in MAY_COMMIT] == []
    assert found, "the one commit is gone, so this test looks for the wrong thing"


def test_nobody_asks_the_machine_for_the_time_in_the_domain() -> None:
    rooms = (
        "accounts",
        "audit",
        "notifications",
        "organisation",
        "customers",
        "enquiries",
        "routing",
        "sla",
        "handoffs",
        "bookings",
        "subscriptions",
        "oversight",
        "rights",
    )
    paths = [path for path in SOURCE if path.relative_to(ROOT).parts[:2] in {("app", room) for room in rooms}]
    found = [call for path in paths for name in ("utcnow", "today") for call in _calls_named(path, name)]
    found += [
        call
        for path in paths
        for call in _calls_named(path, "now")
        if "clock.now" not in _line(call) and "func.now" not in _line(call)
    ]
    assert found == []


def _line(call: str) -> str:
    path, _, number = call.partition(":")
    return (ROOT / path).read_text().splitlines()[int(number) - 1]


def test_every_route_declares_its_access(app: Flask) -> None:
    access.check_declared(app)
    assert len(list(app.url_map.iter_rules())) > 20


def test_an_undeclared_route_keeps_the_application_from_starting(runtime: Runtime) -> None:
    app = Flask("careless")
    bp = Blueprint("careless", __name__)
    bp.add_url_rule("/anyone", endpoint="anyone", view_func=lambda: "come in")
    app.register_blueprint(bp)
    with pytest.raises(RuntimeError, match=r"careless\.anyone"):
        access.check_declared(app)


def test_the_engine_brings_in_no_framework() -> None:
    script = "import sys, mdm; print(sorted({'flask', 'sqlalchemy', 'psycopg'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",)], ids=["rules", "layout", "types"]
)
def test_the_checks_find_nothing(command: tuple[str, ...]) -> None:
    checked = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout[-4000:] + checked.stderr[-2000:]
