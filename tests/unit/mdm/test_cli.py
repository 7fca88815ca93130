"""The command line, run as people run it."""

import json
import random
import re
import subprocess
import sys
import tomllib

import pytest

from mdm.cli.main import main
from mdm.cli.progress import progress
from mdm.tables import read_table

KINDS = '[kinds]\nid = "id"\nfirst = "given_name"\nlast = "family_name"\nborn = "date_of_birth"\ntown = "city"\n'


def write_people(folder):
    """200 people, each in the file twice, the second time with a slip in the family name."""
    rng = random.Random(1)
    given = [
        "Ann",
        "Bob",
        "Cat",
        "Dan",
        "Eve",
        "Fay",
        "Gus",
        "Hal",
        "Ida",
        "Jon",
        "Kim",
        "Lea",
        "Max",
        "Ned",
        "Oda",
        "Pia",
    ]
    syllables = ["ba", "ri", "mo", "sen", "lu", "tas", "ke", "do", "win", "har", "ton", "ley", "ga", "pu"]
    lines = ["id,first,last,born,town,who"]
    for who in range(200):
        first, last = rng.choice(given), "".join(rng.choices(syllables, k=3)).title()
        born = f"{rng.randint(1940, 2005)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        town = rng.choice(["Leeds", "York", "Hull", "Otley"])
        slip = last[:-2] + last[-1] + last[-2] if who % 4 == 0 else last
        lines += [f"a{who},{first},{last},{born},{town},{who}", f"b{who},{first},{slip},{born},{town},{who}"]
    (folder / "people.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "kinds.toml").write_text(KINDS, encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("cli")
    write_people(path)
    return path


def with_data(folder, command):
    return [command, "--data", str(folder / "people.csv"), "--kinds", str(folder / "kinds.toml")]


@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
def test_match_writes_the_cluster_of_every_record(folder, capsys, name):
    assert main([*with_data(folder, "match"), "--out", str(folder / name)]) == 0
    clusters = read_table(folder / name)
    assert clusters.column_names == ["id", "cluster"]
    assert clusters.num_rows == 400
    found = dict(zip(*clusters.to_pydict().values(), strict=True))
    together = sum(found[f"a{who}"] == found[f"b{who}"] for who in range(200))
    assert together > 190
    assert "400 records" in capsys.readouterr().out


def test_guess_writes_kinds_that_can_be_used(folder, capsys):
    assert main(["guess", str(folder / "people.csv")]) == 0
    kinds = tomllib.loads(capsys.readouterr().out)["kinds"]
    assert kinds | {"who": "ignore"} == {
        "id": "id", "first": "given_name", "last": "family_name", "born": "date_of_birth", "town": "city", "who": "ignore"
    }  # fmt: skip


def test_evaluate_writes_one_line_of_json(folder, capsys):
    assert main([*with_data(folder, "evaluate"), "--truth", "who"]) == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    figures = json.loads(out)
    assert figures["pairs"]["f1"] > 0.95
    assert figures["true_pairs"] == 200
    assert figures["peak_mb"] > 0
    assert {"file", "total", "cluster"} <= figures["seconds"].keys()


def test_a_model_can_be_kept_and_used_to_explain_and_look_up(folder, capsys):
    model = str(folder / "model.json")
    main([*with_data(folder, "match"), "--out", str(folder / "o.csv"), "--save-model", model])
    capsys.readouterr()
    assert main([*with_data(folder, "explain"), "--model", model, "a0", "b0"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("starting weight")
    assert lines[-1].startswith("match weight")
    assert len(lines) >= 5
    assert main([*with_data(folder, "explain"), "--model", model, "--json", "a0", "b0"]) == 0
    explained = json.loads(capsys.readouterr().out)
    assert explained["weight"] == pytest.approx(explained["prior"] + sum(bar["weight"] for bar in explained["fields"]))
    assert main([*with_data(folder, "explain"), "a0", "b0"]) == 0
    row = (folder / "people.csv").read_text(encoding="utf-8").splitlines()[1].split(",")
    capsys.readouterr()
    arguments = [f"first={row[1]}", f"last={row[2]}", f"born={row[3]}", "--top", "2"]
    assert main([*with_data(folder, "lookup"), "--model", model, *arguments]) == 0
    hits = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(hits) <= 2
    assert hits[0]["id"] in {"a0", "b0"}
    assert hits[0]["probability"] > 0.5


WRONG = [
    ("no file", {}, "there is no file"),
    ("kinds", {"kinds.toml": "[kinds]\nid = 'id'\nfirst = 'forename'\n"}, "unknown kind 'forename'"),
    ("kinds", {"kinds.toml": "[kinds]\nid = 'id'\nfrist = 'given_name'\n"}, "did you mean 'first'"),
    ("kinds", {"kinds.toml": "[kinds]\nfirst = 'given_name'\n"}, "no column has the kind 'id'"),
    ("kinds", {"kinds.toml": "[kinds]\ntown = 'id'\nfirst = 'given_name'\n"}, "more than once"),
    ("kinds", {"kinds.toml": "kinds = 3"}, "needs a table [kinds]"),
    ("kinds", {"kinds.toml": "[kinds"}, "is not toml"),
    ("data", {"people.csv": ""}, "is empty"),
    ("data", {"people.csv": "id,first\n"}, "no rows"),
    ("data", {"people.csv": "\x00\x01binary"}, "binary"),
]


@pytest.mark.parametrize(("what", "files", "words"), WRONG)
def test_bad_input_is_one_clear_line_and_exit_code_2(tmp_path, capsys, what, files, words):
    write_people(tmp_path)
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    if what == "no file":
        (tmp_path / "people.csv").unlink()
    assert main([*with_data(tmp_path, "match"), "--out", str(tmp_path / "o.csv")]) == 2
    error = capsys.readouterr().err
    assert words in error.lower()
    assert error.count("\n") == 1
    assert not (tmp_path / "o.csv").exists()


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        (["evaluate", "--truth", "nobody"], "'nobody' is not in the table"),
        (["evaluate", "--truth", "town"], "is the truth and must not be matched on"),
        (["explain", "a0", "zz"], "No record has the id 'zz'"),
        (["lookup", "colour=red"], "Column 'colour' has no kind"),
    ],
)
def test_bad_arguments_of_the_other_commands(folder, capsys, extra, words):
    assert main([*with_data(folder, extra[0]), *extra[1:]]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [[], ["match"], ["dance"], ["lookup", "--data", "d", "--kinds", "k", "no-equals"]]
)
def test_wrong_usage_is_one_line_and_exit_code_2(capsys, arguments):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_missing_kinds_file_says_how_to_get_one(folder, capsys):
    assert main(["match", "--data", str(folder / "people.csv"), "--kinds", "nowhere.toml", "--out", "o.csv"]) == 2
    assert "python -m mdm guess" in capsys.readouterr().err


class Terminal:
    """Something that says it is a terminal, and keeps what is written to it."""

    def __init__(self):
        self.text = ""

    def isatty(self):
        return True

    def write(self, text):
        self.text += text

    def flush(self):
        pass


def test_progress_shows_on_a_terminal_only(capsys):
    terminal = Terminal()
    with progress("Matching", terminal):
        pass
    with progress("Matching"):
        pass
    assert re.fullmatch(r"(\rMatching … \d+ s)*\rMatching … \d+\.\d s\n", terminal.text), (
        "in between only if it takes a while"
    )
    assert capsys.readouterr().err == ""


def test_it_runs_as_a_module_without_flask_or_sqlalchemy(folder):
    code = (
        "import runpy, sys; sys.argv = ['mdm', 'guess', sys.argv[1]]\n"
        "try: runpy.run_module('mdm', run_name='__main__')\n"
        "except SystemExit as stop: assert not stop.code, stop.code\n"
        "assert not {'flask', 'sqlalchemy', 'psycopg'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder / "people.csv")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("[kinds]")
