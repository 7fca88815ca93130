"""Draws the house from the layers that import-linter enforces: `python scripts/picture_house.py` writes docs/images/house.svg.

The storeys come from setup.cfg and the words beside them from docs/architecture.md, so the picture says what those say.
"""

import re
from configparser import ConfigParser
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "images" / "house.svg"
WIDTH, LEFT, HOUSE, ROW, GAP, TOP = 960, 24, 330, 30, 5, 4
PETROL, MIST, LINE, INK, QUIET, AMBER = "#0d464c", "#f1f5f4", "#b6cbc8", "#0b0c0c", "#484f52", "#f7a830"
STOREYS = (
    ("Front doors", "portal", PETROL, "#ffffff"),
    ("Wiring", "runtime", LINE, INK),
    ("The domain: customers, enquiries, and who has them", "oversight", MIST, INK),
    ("Ground floor", "config", LINE, INK),
    ("Engine", "mdm", AMBER, INK),
)
"""Each group of storeys: its name, the first room in it from the top, its colour and that of its letters."""


def main() -> None:
    PICTURE.write_text(drawn(), encoding="utf-8")


def drawn() -> str:
    """The picture as SVG."""
    words, colours = meanings(), ("", PETROL, "#ffffff")
    y, parts = TOP, []
    for rooms in storeys():
        begun = next((group for group in STOREYS if group[1] == rooms[0]), None)
        if begun:
            colours = (begun[0], begun[2], begun[3])
            y += 10
            parts.append(_text(LEFT, y + 8, begun[0], size=13, colour=QUIET, weight="bold"))
            y += 18
        parts += _storey(y, rooms, words.get(" | ".join(rooms), ""), colours[1:])
        y += ROW + GAP
    height = y + 40
    title = "<title>The rooms of Firstpoint, one above the other. Imports point down only.</title>"
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        'font-family="system-ui, sans-serif">'
    )
    ground = _text(
        LEFT, height - 16, "Imports point down only; a test proves it. A room below tells one above by an event."
    )
    return "\n".join(
        [opening, title, '<rect width="100%" height="100%" fill="#ffffff"/>', *parts, ground, "</svg>", ""]
    )


def storeys() -> list[tuple[str, ...]]:
    """The rooms from the roof to the ground, siblings together, as import-linter has them."""
    config = ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    front, _, engine = _layers(config["importlinter:contract:storeys"]["layers"])
    return [front, *_layers(config["importlinter:contract:house"]["layers"]), engine]


def meanings() -> dict[str, str]:
    """What docs/architecture.md says of each storey."""
    house = re.search(
        r"## The house\s+```\n(.*?)```", (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"), re.DOTALL
    )
    lines = re.findall(r"^(\S+(?: │ \S+)*) +(.+)$", house.group(1) if house else "", re.MULTILINE)
    return {
        " | ".join(_short(name) for name in names.split(" │ ")): words.replace("──►", "→") for names, words in lines
    }


def _layers(text: str) -> list[tuple[str, ...]]:
    return [tuple(name.strip() for name in line.split("|")) for line in text.strip().splitlines()]


def _short(name: str) -> str:
    return name.removeprefix("app.")


def _storey(y: int, rooms: tuple[str, ...], words: str, colours: tuple[str, str]) -> list[str]:
    width = (HOUSE - GAP * (len(rooms) - 1)) / len(rooms)
    parts = []
    for place, room in enumerate(rooms):
        x = LEFT + place * (width + GAP)
        parts.append(
            f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{ROW}" rx="3" fill="{colours[0]}" stroke="{LINE}"/>'
        )
        parts.append(_text(x + width / 2, y + 20, room, colour=colours[1], weight="bold", anchor="middle"))
    return [*parts, _text(LEFT + HOUSE + 20, y + 20, words)]


def _text(
    x: float, y: float, words: str, *, size: int = 14, colour: str = INK, weight: str = "normal", anchor: str = "start"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{colour}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )


if __name__ == "__main__":
    main()
