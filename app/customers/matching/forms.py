"""One form for every telephone number and e-mail address; what people write when they know none has no form."""

from collections.abc import Iterable

import polars as pl

import mdm
from app.customers.matching.records import Current
from mdm.steady import FEW


class Forms:
    """Standard forms of telephone numbers and e-mail addresses; placeholders have none."""

    def __init__(self, records: Iterable[Current]) -> None:
        held = list(records)
        self.phones = forms_of((r.attributes.get(name) for r in held for name in ("phone", "phone_2")), mdm.Kind.PHONE)
        self.emails = forms_of((r.attributes.get("email") for r in held), mdm.Kind.EMAIL)


def forms_of(values: Iterable[str | None], kind: mdm.Kind) -> dict[str, str]:
    """Value → its standard form, for those that have one."""
    distinct = sorted({value for value in values if value})
    if len(distinct) <= FEW:
        return {value: form for value in distinct if (form := mdm.standard_value(value, kind, None))}
    clean = mdm.standard_forms(pl.Series(distinct, dtype=pl.String), kind, None)
    return {value: form for value, form in zip(distinct, clean.to_list(), strict=True) if form}


def form_of(value: str, kind: mdm.Kind) -> str:
    """The standard form of one value; '' for a placeholder."""
    return forms_of([value], kind).get(value, "")


def telephone(form: str) -> str:
    """A standard form as people write it: 07700 900123."""
    return f"{form[:5]} {form[5:]}" if len(form) in {10, 11} and form.startswith("0") else form
