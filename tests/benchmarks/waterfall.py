"""Draw the evidence of a pair of records of the demo city as a waterfall, for docs/matching.md.

python -m tests.benchmarks.waterfall LEFT_ID RIGHT_ID docs/images/waterfall.svg
"""

from __future__ import annotations

import sys
from pathlib import Path
from xml.sax.saxutils import escape

import polars as pl

from mdm.explain import Explanation, explain
from mdm.match import train
from tests.benchmarks.sets import city

WIDTH, ROW, LABEL, BAR = 980, 26, 190, 430
FOR, AGAINST, START, TOTAL = "#1d70b8", "#d4351c", "#505a5f", "#0b0c0c"


def main() -> None:
    left, right, path = sys.argv[1:]
    chosen = city(20_000, 20)
    frame = pl.DataFrame(pl.from_arrow(chosen.table))
    records = {row["id"]: row for row in frame.filter(pl.col("id").is_in([left, right])).to_dicts()}
    told = explain(train(chosen.table.select(list(chosen.kinds)), chosen.kinds, seed=1), records[left], records[right])
    Path(path).write_text(drawn(told), encoding="utf-8")
    sys.stdout.write(f"{told.words}\n")
    for bar in told.fields:
        sys.stdout.write(f"{bar.field}\t{bar.left}\t{bar.right}\t{bar.level}\t{bar.weight:+.2f}\n")


def drawn(told: Explanation) -> str:
    """SVG: one bar per field from where the last one ended, the starting weight first and the sum last."""
    steps = [("starting weight", told.prior, "how common matches are beside the rivals")]
    steps += [(bar.field.replace("_", " "), bar.weight, bar.level) for bar in told.fields if bar.weight]
    ends, at = [0.0], 0.0
    for _, weight, _ in steps:
        at += weight
        ends.append(at)
    low, high = min(ends), max(ends)

    def x(weight: float) -> float:
        return LABEL + BAR * (weight - low) / (high - low)

    rows = []
    for place, (name, weight, words) in enumerate(steps):
        colour = START if not place else FOR if weight > 0 else AGAINST
        rows.append(_row(place, name, (x(ends[place]), x(ends[place + 1])), f"{weight:+.1f}  {words}", colour))
    result = f"sum: probability {told.probability:.3%}"
    rows.append(_row(len(steps), "match weight", (x(0.0), x(told.weight)), f"{told.weight:+.1f}  {result}", TOTAL))
    height = ROW * (len(steps) + 1) + 16
    zero = f'<line x1="{x(0):.1f}" x2="{x(0):.1f}" y1="4" y2="{height - 8}" stroke="#b1b4b6"/>'
    title = f"<title>{escape(told.words)}</title>"
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="13">'
    return "\n".join([opening, title, '<rect width="100%" height="100%" fill="#ffffff"/>', zero, *rows, "</svg>", ""])


def _row(place: int, name: str, ends: tuple[float, float], words: str, colour: str) -> str:
    top = 8 + place * ROW
    left, width = min(ends), max(max(ends) - min(ends), 1)
    return (
        f'<text x="{LABEL - 12}" y="{top + 15}" text-anchor="end">{escape(name)}</text>'
        f'<rect x="{left:.1f}" y="{top + 2}" width="{width:.1f}" height="{ROW - 8}" fill="{colour}"/>'
        f'<text x="{LABEL + BAR + 12}" y="{top + 15}">{escape(words)}</text>'
    )


if __name__ == "__main__":
    main()
