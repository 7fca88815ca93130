"""A new source in the hands of somebody who is not a programmer: from a sample to customers, by keyboard alone."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect
from sqlalchemy import text

from app.customers.source_jobs import load_waiting
from tests.support.browser import Person
from tests.support.live import Live

pytestmark = pytest.mark.browser
NAMES = [("Queenie", "Zywiec"), ("Osric", "Penhaligon"), ("Ottoline", "Vane"), ("Tarquin", "Ashdown")]


class Keys:
    """The keyboard of a person who has no mouse."""

    def __init__(self, person: Person) -> None:
        self.person, self.page = person, person.page
        self.page.on("filechooser", lambda _: None)

    def reaches(self, target: Locator) -> None:
        """Tab on until it is reached."""
        for _ in range(200):
            if target.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{target} cannot be reached by Tab")

    def presses(self, name: str, role: str = "button", key: str = "Enter") -> None:
        """Go to a button or a link and press it."""
        self.reaches(self.page.get_by_role(role, name=name).first)
        self.person.presses(key)

    def types(self, label: str, words: str) -> None:
        self.reaches(self.page.get_by_label(label).first)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(words)

    def picks(self, label: str, choice: str) -> None:
        """In a closed list, by its first letter and the arrows."""
        box = self.page.get_by_label(label).first
        self.reaches(box)
        for key in (choice[0], "Home"):
            self.page.keyboard.press(key)
            for _ in range(box.locator("option").count()):
                if box.evaluate("one => one.selectedOptions[0].text").strip() == choice:
                    return
                self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{choice} cannot be chosen from {label} by keys")

    def ticks(self, label: str) -> None:
        """One of a few: the first by Tab, the others by the arrows."""
        wanted = self.page.get_by_label(label, exact=True).first
        name = wanted.get_attribute("name")
        group = self.page.locator(f"input[name='{name}']")
        checked = group.and_(self.page.locator(":checked"))
        self.reaches(checked.first if checked.count() else group.first)
        if not checked.count():
            self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{label} cannot be chosen by keys")


def sample(folder: Path, width: int) -> Path:
    path = folder / f"allotment_holders_{width}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["Plot Holder No", "Forename", "Surname", "Born", "House", "Street", "Post Code", "Mobile", "Plot size"]
        )
        for number in range(24):
            first, last = NAMES[number % 4]
            born = "31/02/1980" if number == 5 else f"{number + 1:02d}/06/19{50 + number}"
            row = [f"A{number:04d}", first, f"{last}{'abcdefg'[number % 7]}", born, number + 1, "Marine Parade", "zf12ab", f"07700 900{number:03d}", "10 m"]  # fmt: skip
            writer.writerow(row)
    return path


def test_a_steward_adds_a_source_and_loads_it_by_keyboard_alone(
    colleague: Callable[[str], Person], town: Live, tmp_path: Path, width: int
) -> None:
    steward = colleague("steward")
    keys = Keys(steward)
    steward.goes_to("/console/sources")
    keys.presses("Add a source", "button")
    keys.presses("Continue")
    steward.sees("Choose a file")
    keys.reaches(steward.page.get_by_label("Upload a sample"))
    with steward.page.expect_file_chooser() as window:
        steward.page.keyboard.press("Enter")
    window.value.set_files(sample(tmp_path, width))
    keys.presses("Continue")

    steward.sees("What the columns hold")
    for guess in ("Sure", "Zywiec", "1 June 1950", "ZF1 2AB", "Rejected"):
        steward.sees(guess)
    keys.picks("What “Plot size” holds", "Nothing that we need")
    keys.picks("What “Street” holds", "Street")
    keys.presses("Look at the rows again")
    steward.sees("Marine Parade")
    keys.presses("Continue")

    name = f"Allotments {width}"
    keys.types("Name of the source", name)
    keys.picks("Owning unit", "Revenues")
    keys.types("What are the records used for?", "To know who rents which plot")
    keys.ticks("Contract")
    keys.types("Who to ask about it", "allotments@hallowmere.example")
    keys.types("Freshness promise in hours (optional)", "26")
    keys.presses("Save the source")

    steward.sees("The source is saved")
    keys.presses("Rehearse the sample")
    steward.sees("Waiting for a worker")
    load_waiting(town.runtime)
    expect(steward.page.locator("#load")).to_contain_text("Rehearsed")
    steward.looks()
    steward.sees("What would happen to customers")
    steward.sees("The date does not exist")
    keys.presses("Load it")
    load_waiting(town.runtime)
    expect(steward.page.locator("#load")).to_contain_text("Done")
    steward.looks()
    with town.database.reading() as session:
        loaded = session.scalar(
            text(
                "SELECT count(*) FROM source_record r JOIN source_system s ON s.id = r.source_id WHERE s.name = :name"
            ),
            {"name": name},
        )
    assert loaded == 23

    keys.presses(name, "link")
    keys.presses("Data quality", "link")
    steward.sees("Completeness")
    steward.sees("Trend")
