"""What can be set is documented, and what is documented can be set."""

import re
from pathlib import Path

from app.config import Settings

ROOT = Path(__file__).parents[2]
LINE = re.compile(r"^#([A-Z_]+)=(.*)$", re.MULTILINE)
EXAMPLE = (ROOT / ".env.example").read_text()


def variable(name: str) -> str:
    return str(Settings.model_fields[name].validation_alias or f"FIRSTPOINT_{name.upper()}")


def test_every_setting_is_in_the_example_and_nothing_else() -> None:
    assert sorted(name for name, _ in LINE.findall(EXAMPLE)) == sorted(map(variable, Settings.model_fields))


def test_every_setting_is_described_in_the_example_as_in_the_code() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert f"# {field.description}\n#{variable(name)}=" in EXAMPLE, name


def test_the_example_gives_the_defaults(tmp_path: Path) -> None:
    active = tmp_path / "env"
    active.write_text("\n".join(f"{name}={value}" for name, value in LINE.findall(EXAMPLE)))
    assert Settings(_env_file=active) == Settings(_env_file=None)


def test_a_copied_example_changes_nothing(tmp_path: Path) -> None:
    copied = tmp_path / "env"
    copied.write_text(EXAMPLE)
    assert Settings(_env_file=copied).model_fields_set == Settings(_env_file=None).model_fields_set


def test_packages_are_pinned_with_hashes_and_name_no_index() -> None:
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        text = lock.read_text()
        pins = re.findall(r"^([A-Za-z0-9_.\[\]-]+)==\S+.*\\$", text, re.MULTILINE)
        assert pins, lock.name
        assert len(re.findall(r"^\S+==", text, re.MULTILINE)) == len(pins), lock.name
        assert text.count("--hash=sha256:") >= len(pins), lock.name
        assert "://" not in text, lock.name


def test_every_required_package_is_in_its_lock() -> None:
    for source in sorted((ROOT / "requirements").glob("*.in")):
        locked = source.with_suffix(".txt").read_text().lower()
        for line in source.read_text().splitlines():
            name = re.match(r"[A-Za-z0-9_.-]+", line)
            if name and not line.startswith("-"):
                assert re.search(rf"^{re.escape(name[0].lower().replace('_', '-'))}(\[|==)", locked, re.MULTILINE), line


def test_npm_packages_are_pinned_with_hashes_and_name_no_registry() -> None:
    lock = (ROOT / "package-lock.json").read_text()
    assert '"integrity": "sha512-' in lock
    assert '"resolved"' not in lock


def test_help_reads_as_documentation() -> None:
    makefile = (ROOT / "Makefile").read_text()
    documented = re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE)
    expected = "run worker test test-fast lint types arch format migration seed reset bench clean lock help"
    assert sorted(set(expected.split()) - set(documented)) == []
