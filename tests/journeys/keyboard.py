"""Hands that never touch the mouse: what a person does with Tab, Enter, Space and letters."""

from tests.support.browser import Person

MOST_TABS = 250
NAME = """() => {
  const at = document.activeElement
  if (!at || at === document.body) return ''
  const label = at.labels && at.labels.length ? at.labels[0].innerText : ''
  const group = at.closest('fieldset')
  const legend = group && group.querySelector('legend') ? group.querySelector('legend').innerText + ': ' : ''
  return (legend + (at.getAttribute('aria-label') || label || at.innerText || at.value || '')).trim()
}"""

IS_OF_KIND = "kind => document.activeElement.matches(kind)"


class Keyboard:
    """The keyboard of one person."""

    def __init__(self, person: Person) -> None:
        self.person, self.page = person, person.page

    def finds(self, name: str, kind: str = "*") -> None:
        """Tab until what is named, and is of this kind (a CSS selector), has the focus."""
        seen: list[str] = []
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            here = str(self.page.evaluate(NAME))
            if name.casefold() in here.casefold() and self.page.evaluate(IS_OF_KIND, kind):
                return
            seen.append(here[:40])
        raise AssertionError(f"Tab never reaches “{name}” on {self.page.url}; it went by {seen[:60]}")

    def follows(self, name: str, kind: str = "*") -> None:
        """Go to a link or press a button."""
        self.finds(name, kind)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.person.looks()

    def types(self, name: str, text: str) -> None:
        """Write into a field, over what was there."""
        self.finds(name, "input, textarea")
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def picks(self, name: str, option: str) -> None:
        """Choose from a closed list by its first letters."""
        self.finds(name, "select")
        self.page.keyboard.type(option)

    def ticks(self, name: str) -> None:
        """Tick a box, or choose a radio button."""
        self.finds(name, "[type=checkbox], [type=radio]")
        self.page.keyboard.press("Space")
