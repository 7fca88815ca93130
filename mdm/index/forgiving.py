"""A model for looking up: whoever asks may have made slips of the pen that the records were not made with."""

from __future__ import annotations

from dataclasses import replace

from mdm.model import UNRELATED, FieldModel, Model

SLIPS = 0.05
"""The share of values in a query that say nothing of the record that is meant."""

SHORT_SLIPS = {"middle_name": 0.2, "house_number": 0.15, "unit": 0.15}
"""The same of kinds that are often a single sign: a slip leaves nothing of it."""


def forgiving(model: Model) -> Model:
    """The same model for a query of which every value may be wrong: t' = (1 − ε) t + ε t_unrelated, in every class.

    One value that differs then weighs at most ln ε against what the others say, so that a slip in one field does not
    put strangers who merely lack that field before the right customer.
    """
    return replace(model, fields=tuple(map(_forgiving, model.fields)))


def _forgiving(field: FieldModel) -> FieldModel:
    if field.kind == "source":
        return field
    slips, tables = SHORT_SLIPS.get(field.kind, SLIPS), field.tables.copy()
    tables[:, 1:] = (1 - slips) * tables[:, 1:] + slips * tables[UNRELATED, 1:]
    return replace(field, tables=tables)
