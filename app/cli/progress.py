"""Signs of life from long work: a line that rewrites itself at a terminal, a line now and then elsewhere."""

import sys
from time import monotonic
from types import TracebackType
from typing import Self

import click

_AT_A_TERMINAL, _ELSEWHERE = 0.1, 5.0
_WIDTH = 24


class Bar:
    """Call it with a stage, how much is done, and of how much if that is known. Use as a context manager."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._stage = ""
        self._started = 0.0
        self._shown = 0.0
        self._last = (0, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._finish_stage()

    def __call__(self, stage: str, done: int, total: int | None = None) -> None:
        now = monotonic()
        if stage != self._stage:
            self._finish_stage()
            self._stage, self._started, self._shown = stage, now, 0.0 if self._terminal else now
        self._last = (done, total or 0)
        if now - self._shown >= (_AT_A_TERMINAL if self._terminal else _ELSEWHERE):
            self._shown = now
            self._show(self._line(done, total))

    def _finish_stage(self) -> None:
        if self._stage:
            done, total = self._last
            amount = f"{done:,}" if done else f"{total:,}" if total else ""
            seconds = f"{monotonic() - self._started:.1f} s"
            self._show(f"  {self._stage}: {', '.join(part for part in (amount, seconds) if part)}", final=True)
            self._stage = ""

    def _line(self, done: int, total: int | None) -> str:
        if not total:
            return f"  {self._stage}: {done:,}"
        share = min(1.0, done / total)
        filled = round(share * _WIDTH)
        bar = f" [{'#' * filled}{'.' * (_WIDTH - filled)}]" if self._terminal else ""
        return f"  {self._stage}:{bar} {share:4.0%} of {total:,}"

    def _show(self, text: str, *, final: bool = False) -> None:
        if self._terminal:
            click.echo(f"\r\033[K{text}", nl=final, err=True)
        else:
            click.echo(text, err=True)
