"""Choosing an address by its postcode: type the postcode, find, pick one. Works without scripts; htmx saves the page load."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import wtforms
from flask import render_template
from markupsafe import Markup

from app.web.i18n import gettext


class Property(Protocol):
    """What is needed of a property: its number in the gazetteer and its address on one line."""

    @property
    def uprn(self) -> str: ...

    @property
    def one_line(self) -> str: ...


Find = Callable[[str], Sequence[Property]]
MOST = 100


class PropertyPicker:
    """Draws the postcode box, the button that finds, and the list of what was found."""

    def __call__(self, field: "PropertyChoice", **_: Any) -> Markup:
        return Markup(render_template("web/property.html", field=field))  # noqa: S704 - a template of ours, which escapes


class PropertyChoice(wtforms.Field):
    """One property of the gazetteer; `data` is its UPRN. The postcode travels beside it as `<name>-postcode`."""

    widget = PropertyPicker()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.postcode = ""
        self.found: list[Property] = []
        self.looked = False

    def process(self, formdata: Any, data: Any = wtforms.utils.unset_value, extra_filters: Any = None) -> None:
        """Read both boxes."""
        super().process(formdata, data, extra_filters)
        if formdata:
            self.postcode = (formdata.get(f"{self.name}-postcode") or "").strip()[:60]

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0].strip() if valuelist else ""

    def look_up(self, find: Find) -> None:
        """Find the addresses of the postcode, and forget a choice that is not among them."""
        if not self.postcode:
            self.data = ""
            return
        self.looked = True
        self.found = list(find(self.postcode))[:MOST]
        if len(self.found) == 1:
            self.data = self.found[0].uprn
        if self.data not in {known.uprn for known in self.found}:
            self.data = ""

    @property
    def address(self) -> str:
        """The chosen address in words."""
        return next((known.one_line for known in self.found if known.uprn == self.data), "")

    @property
    def nothing_found(self) -> str:
        """What to say when the postcode leads nowhere."""
        return gettext(
            "We know no address with the postcode %(postcode)s. Check it, or type a street", postcode=self.postcode
        )
