"""One function per command: from parsed arguments to text for standard output."""

from __future__ import annotations

import json
import resource
from argparse import Namespace
from time import perf_counter
from typing import Any

import pyarrow as pa

from mdm.cli.files import kinds_as_toml, read_inputs
from mdm.cli.progress import progress
from mdm.errors import BadKindsFile, MissingColumn, UnknownId
from mdm.evaluate import evaluate
from mdm.explain import Explanation, explain
from mdm.index import Hit, Index
from mdm.kinds import Kind, guess_kinds
from mdm.match import MatchResult, match, train
from mdm.model import Model, load
from mdm.tables import read_table, texts, write_table


def run_match(arguments: Namespace) -> str:
    table, kinds = _inputs(arguments)
    result = _matched(table, kinds, arguments)
    write_table(result.clusters, arguments.out)
    if arguments.save_model:
        result.model.save(arguments.save_model)
    found = result.counts
    return f"{found['records']} records, {found['clusters']} clusters, written to {arguments.out}\n"


def run_guess(arguments: Namespace) -> str:
    with progress(f"Reading {arguments.file}"):
        guesses = guess_kinds(read_table(arguments.file))
    return kinds_as_toml(guesses)


def run_evaluate(arguments: Namespace) -> str:
    """One line of JSON."""
    began = perf_counter()
    table, kinds = _inputs(arguments)
    if arguments.truth not in table.column_names:
        raise MissingColumn(f"The truth column '{arguments.truth}' is not in the table; check its heading")
    if kinds.get(arguments.truth, Kind.IGNORE) is not Kind.IGNORE:
        raise BadKindsFile(f"'{arguments.truth}' is the truth and must not be matched on; make its kind 'ignore'")
    read = perf_counter() - began
    result = _matched(table, kinds, arguments)
    whole = perf_counter() - began
    identity = next(column for column, kind in kinds.items() if kind is Kind.ID)
    figures = evaluate(result, pa.table({"id": texts(table, identity), "truth": texts(table, arguments.truth)}))
    seconds = {"file": read, **result.timings, "total": whole}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = {**figures.as_dict(), "counts": result.counts, "peak_mb": round(peak, 1),
            "seconds": {phase: round(spent, 3) for phase, spent in seconds.items()}}  # fmt: skip
    return json.dumps(_rounded(line)) + "\n"


def run_explain(arguments: Namespace) -> str:
    table, kinds = _inputs(arguments)
    left, right = (_row(table, kinds, name) for name in (arguments.left, arguments.right))
    explanation = explain(_model(table, kinds, arguments), left, right)
    if arguments.json:
        return json.dumps(explanation.as_dict(), default=str) + "\n"
    return _waterfall(explanation)


def run_lookup(arguments: Namespace) -> str:
    """The best clusters for one record given as column=value, one line of JSON each."""
    table, kinds = _inputs(arguments)
    record = dict(pair.split("=", 1) for pair in arguments.values)
    for column in record:
        if column not in kinds:
            raise MissingColumn(f"Column '{column}' has no kind; the columns with one are: {', '.join(kinds)}")
    model = _model(table, kinds, arguments)
    with progress("Building the index"):
        index = Index(model, table)
    return "".join(json.dumps(_hit(hit)) + "\n" for hit in index.lookup(record, top=arguments.top))


def _inputs(arguments: Namespace) -> tuple[pa.Table, dict[str, Kind]]:
    with progress(f"Reading {arguments.data}"):
        return read_inputs(arguments.data, arguments.kinds)


def _matched(table: pa.Table, kinds: dict[str, Kind], arguments: Namespace) -> MatchResult:
    model = load(arguments.model) if arguments.model else None
    with progress(f"Matching {table.num_rows} records"):
        return match(table, kinds, model, seed=arguments.seed)


def _model(table: pa.Table, kinds: dict[str, Kind], arguments: Namespace) -> Model:
    if arguments.model:
        return load(arguments.model)
    with progress(f"Learning from {table.num_rows} records"):
        return train(table, kinds, seed=arguments.seed)


def _row(table: pa.Table, kinds: dict[str, Kind], name: str) -> dict[str, Any]:
    identity = next(column for column, kind in kinds.items() if kind is Kind.ID)
    rows = (texts(table, identity) == name).arg_true()
    if not len(rows):
        raise UnknownId(f"No record has the id '{name}' in column '{identity}'")
    return {column: texts(table.slice(rows[0], 1), column)[0] for column in kinds}


def _waterfall(explanation: Explanation) -> str:
    """One line per field, then the sum and the sentence."""
    rows = [("starting weight", explanation.prior, "")]
    rows += [(bar.field, bar.weight, bar.words) for bar in explanation.fields]
    rows += [("match weight", explanation.weight, explanation.words)]
    width = max(len(name) for name, _, _ in rows)
    return "".join(f"{name:<{width}}  {weight:+8.2f}  {words}".rstrip() + "\n" for name, weight, words in rows)


def _hit(hit: Hit) -> dict[str, Any]:
    weight, probability = round(hit.weight, 3), round(hit.probability, 6)
    return {"id": hit.id, "cluster": hit.cluster, "weight": weight, "probability": probability}


def _rounded(value: Any) -> Any:
    """Figures to six places, all the way down."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    return [_rounded(part) for part in value] if isinstance(value, list | tuple) else value
