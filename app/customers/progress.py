"""How long work tells of itself: a stage, how much is done, and of how much if that is known."""

from typing import Protocol


class Progress(Protocol):
    """Called now and then from long work; must be quick and must not fail."""

    def __call__(self, stage: str, done: int, total: int | None) -> None: ...


def quietly(stage: str, done: int, total: int | None) -> None:
    """Nobody is watching."""
