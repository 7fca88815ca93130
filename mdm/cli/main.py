"""Arguments in, exit code out: 0 done, 2 bad input with one line on standard error."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from mdm.cli import commands
from mdm.errors import MdmError

BAD_INPUT = 2


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{self.prog}: {message}; see {self.prog} --help\n")


def main(argv: Sequence[str] | None = None) -> int:
    arguments = parser().parse_args(argv)
    try:
        sys.stdout.write(arguments.run(arguments))
        sys.stdout.flush()
    except MdmError as error:
        sys.stderr.write(f"mdm {arguments.command}: {' '.join(str(error).split())}\n")
        return BAD_INPUT
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130
    return 0


def parser() -> argparse.ArgumentParser:
    top = _Parser(prog="python -m mdm", description="Find the records that describe the same person.")
    verbs = top.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)

    verb = _with_data(verbs.add_parser("match", help="write the cluster of every record"))
    verb.add_argument("--out", required=True, metavar="FILE", help="CSV or Parquet with the columns id and cluster")
    verb.add_argument("--save-model", metavar="FILE", help="keep what was learned, as JSON")
    verb.set_defaults(run=commands.run_match)

    verb = verbs.add_parser("guess", help="propose the kinds of a file's columns, as KINDS.toml")
    verb.add_argument("file", metavar="FILE", help="CSV or Parquet")
    verb.set_defaults(run=commands.run_guess)

    verb = _with_data(verbs.add_parser("evaluate", help="match, and measure the clusters by a column with the truth"))
    verb.add_argument("--truth", required=True, metavar="COLUMN", help="the column that says who is who")
    verb.set_defaults(run=commands.run_evaluate)

    verb = _with_data(verbs.add_parser("explain", help="say field by field why two records match or do not"))
    verb.add_argument("left", metavar="ID")
    verb.add_argument("right", metavar="ID")
    verb.add_argument("--json", action="store_true", help="as data for a waterfall")
    verb.set_defaults(run=commands.run_explain)

    verb = _with_data(verbs.add_parser("lookup", help="find one record among those of the file"))
    verb.add_argument("values", nargs="+", type=_pair, metavar="COLUMN=VALUE")
    verb.add_argument("--top", type=int, default=5, metavar="N", help="how many to show (5)")
    verb.set_defaults(run=commands.run_lookup)
    return top


def _with_data(verb: argparse.ArgumentParser) -> argparse.ArgumentParser:
    verb.add_argument("--data", required=True, metavar="FILE", help="CSV or Parquet, one record per row")
    verb.add_argument("--kinds", required=True, metavar="KINDS.toml", help='a [kinds] table: column = "kind"')
    verb.add_argument("--model", metavar="FILE", help="use this model; otherwise one is learned from the data")
    verb.add_argument("--seed", type=int, default=0, metavar="N", help="of the random sample to learn from (0)")
    return verb


def _pair(text: str) -> str:
    if "=" not in text:
        raise argparse.ArgumentTypeError(f"'{text}' is not COLUMN=VALUE")
    return text
