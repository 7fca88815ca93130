"""Reads pages as people do: by their visible text, headings, links and fields."""

from collections.abc import Iterator
from html.parser import HTMLParser

VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
    "path",
    "circle",
    "rect",
}


class Page(HTMLParser):
    """A parsed page: `text`, `title`, `lang`, and the attributes of every element in `elements`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.elements: list[tuple[str, dict[str, str], list[str]]] = []
        self._open: list[int] = []
        self._silent = 0
        self._words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}, []))
        if tag not in VOID:
            self._open.append(len(self.elements) - 1)
        if tag in {"script", "style"}:
            self._silent += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}, []))

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._silent -= 1
        for place in range(len(self._open) - 1, -1, -1):
            if self.elements[self._open[place]][0] == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        for place in self._open:
            self.elements[place][2].append(data)
        if not self._silent:
            self._words.append(data)

    @property
    def text(self) -> str:
        return _joined(self._words)

    @property
    def lang(self) -> str:
        return next(attributes.get("lang", "") for tag, attributes, _ in self.elements if tag == "html")

    @property
    def title(self) -> str:
        return next(self.words("title"), "")

    @property
    def heading(self) -> str:
        return next(self.words("h1"), "")

    def words(self, tag: str, **having: str) -> Iterator[str]:
        """The text of each element of this kind that has these attributes."""
        return (_joined(words) for _, words in self._found(tag, having))

    def attributes(self, tag: str, **having: str) -> list[dict[str, str]]:
        """The attributes of each element of this kind that has these attributes."""
        return [attributes for attributes, _ in self._found(tag, having)]

    def value(self, name: str) -> str | None:
        """What stands in the input or text box of this name."""
        for tag in ("input", "textarea", "select"):
            for attributes, words in self._found(tag, {"name": name}):
                return attributes.get("value", "".join(words))
        return None

    def _found(self, tag: str, having: dict[str, str]) -> Iterator[tuple[dict[str, str], list[str]]]:
        for name, attributes, words in self.elements:
            if name == tag and all(attributes.get(key.replace("_", "-")) == value for key, value in having.items()):
                yield attributes, words


def read(response: object) -> Page:
    """The page of a test client's response."""
    return Page(response.get_data(as_text=True))  # type: ignore[attr-defined]  # - the library has no types here


def _joined(words: list[str]) -> str:
    return " ".join("".join(words).split())
