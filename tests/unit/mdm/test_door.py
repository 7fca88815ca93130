"""The door of the engine: what the house takes from it, it takes from there."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import mdm

ROOT = Path(__file__).parents[3]
APP = ROOT / "app"
DOORS = {"mdm", "mdm.steady", "mdm.steady_clusters"}
"""The engine for a whole file, and matching in the flow."""


def imported(path: Path) -> set[str]:
    """The modules of the engine that a file imports from."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    return {name for name in found if name.split(".")[0] == "mdm"}


def test_only_customers_use_the_engine_and_only_by_its_door():
    users = {path: modules for path in sorted(APP.rglob("*.py")) if (modules := imported(path))}
    assert users, "nobody uses the engine any more"
    assert {path.relative_to(APP).parts[0] for path in users} == {"customers"}
    inside = {str(path): modules - DOORS for path, modules in users.items() if modules - DOORS}
    assert inside == {}


def test_the_door_leads_somewhere():
    assert mdm.__all__ == sorted(mdm.__all__, key=lambda name: (not name.isupper(), name[0].islower(), name))
    assert all(hasattr(mdm, name) for name in mdm.__all__)
    assert callable(mdm.standardise)
    assert callable(mdm.from_dict)


LOOKS = """
import sys
import mdm
import polars
class Watch:
    def find_spec(self, name, path=None, target=None):
        if name == "pandas":
            print("asked for pandas")
sys.meta_path.insert(0, Watch())
rows = [(str(n), "Ann" if n % 2 else "Bob", "Lee" if n % 3 else "Roe", None if n % 5 else "1980-01-0%d" % (n % 9 + 1)) for n in range(40)]
table = polars.DataFrame(rows, schema=["id", "first", "last", "born"], orient="row").to_arrow()
found = mdm.match(table, {"id": "id", "first": "given_name", "last": "family_name", "born": "date_of_birth"})
print(found.clusters.num_rows)
"""


def test_matching_does_not_look_for_another_library():
    """Arrow imports pandas, where it is installed, as soon as it is handed a number; that takes longer than many a file."""
    ran = subprocess.run([sys.executable, "-c", LOOKS], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["40"]
