"""Hands that never touch the mouse: what a person does with Tab, Enter, Space and letters."""

from pathlib import Path

from tests.support.browser import Person

MOST_TABS = 250
NAME = """() => {
  const at = document.activeElement
  if (!at || at === document.body) return ''
  const label = at.labels && at.labels.length ? at.labels[0].innerText : ''
  const group = at.closest('fieldset')
  const legend = group && group.querySelector('legend') ? group.querySelector('legend').innerText + ': ' : ''
  return (legend + (at.getAttribute('aria-label') || label || at.innerText || at.value || '')).replace(/\\s+/g, ' ').replace(/ ([:,.])/g, '$1').trim()
}"""

CHOSEN = "() => document.activeElement.selectedOptions[0].text.trim()"
IS_OF_KIND = "kind => document.activeElement.matches(kind)"


class Keyboard:
    """The keyboard of one person."""

    def __init__(self, person: Person) -> None:
        self.person, self.page = person, person.page
        # whoever listens from the beginning never misses the window for files, which a browser without a screen shuts at once
        self.page.on("filechooser", lambda _: None)

    def finds(self, name: str, kind: str = "*") -> None:
        """Tab until what is named, and is of this kind (a CSS selector), has the focus."""
        name, seen = " ".join(name.split()), list[str]()
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
        self.person.presses("Enter")

    def types(self, name: str, text: str) -> None:
        """Write into a field, over what was there."""
        self.finds(name, "input, textarea")
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def picks(self, name: str, option: str) -> None:
        """Choose from a closed list by its first letter and the arrows: more letters are one word only to a machine that has time."""
        self.finds(name, "select")
        for key in (option[0], "Home"):
            self.page.keyboard.press(key)
            for _ in range(int(self.page.evaluate("document.activeElement.options.length"))):
                if self._is_chosen(option):
                    return
                self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"“{option}” cannot be chosen from “{name}” on {self.page.url}")

    def _is_chosen(self, option: str) -> bool:
        return str(self.page.evaluate(CHOSEN)).casefold().startswith(option.casefold())

    def brings(self, name: str, file: Path) -> None:
        """Choose a file: Enter opens the machine's own window for it."""
        self.finds(name, "[type=file]")
        with self.page.expect_file_chooser() as window:
            self.page.keyboard.press("Enter")
        window.value.set_files(file)

    def unfolds(self, name: str) -> None:
        """Open a part of the page, and look at what was in it."""
        self.finds(name, "summary")
        self.page.keyboard.press("Enter")
        self.person.looks()

    def presses(self, key: str) -> None:
        """A single key that leads on."""
        self.person.presses(key)

    def signs_in(self, email: str, password: str) -> None:
        """A resident comes in."""
        self.person.goes_to("/sign-in")
        self.types("E-mail", email)
        self.types("Password", password)
        self.follows("Sign in", "button")

    def ticks(self, name: str) -> None:
        """Tick a box, or choose a radio button."""
        self.finds(name, "[type=checkbox], [type=radio]")
        self.page.keyboard.press("Space")
