"""The comparisons of a file: newly described for training, or those that a trained model expects."""

from __future__ import annotations

import numpy as np

from mdm.columns import Column, Records, Vocabulary
from mdm.compare import Comparison, SourceComparison, comparisons, rarity_bins
from mdm.errors import EmptyTable
from mdm.model import FieldModel, Floats, Model

Field = Comparison | SourceComparison

#: A file smaller than this share of the training file does not change how common values are.
SMALL_SHARE = 0.1


def new_fields(records: Records) -> list[Field]:
    """The comparisons that the records allow; raises EmptyTable when there is nothing to compare."""
    fields = comparisons(records)
    if not any(isinstance(field, Comparison) for field in fields):
        raise EmptyTable(
            "No column says whom a record is about; give one a kind such as 'full_name' or 'date_of_birth'"
        )
    return fields


def fields_of_model(model: Model, records: Records) -> list[Field]:
    """The model's comparisons on other records; a field that they lack is missing everywhere."""
    return [of_sources(model, records) if one.kind == "source" else _of_values(model, one, records)
            for one in model.fields]  # fmt: skip


def _of_values(model: Model, known: FieldModel, records: Records) -> Comparison:
    column = records.columns.get(known.name)
    if column is None:
        column = Column(known.name, known.kind, np.full(len(records), -1, np.int32), Vocabulary(records.ids.clear()))
    return Comparison(known.name, known.kind, column, rarity_bins(_pooled_counts(model, known, column)))


def _pooled_counts(model: Model, known: FieldModel, column: Column) -> Floats:
    """How many records would hold each value (v,) in a file of the training file's size, from both files together.

    A handful of records, a pair to be explained for example, says nothing about how common its values are.
    """
    trained: Floats = np.array([known.common.get(value, 0) for value in column.vocabulary.values.to_list()], float)
    if len(column.codes) < SMALL_SHARE * model.n:
        return trained
    pooled: Floats = (trained + column.counts.astype(float)) * (model.n / (model.n + len(column.codes)))
    return pooled


def of_sources(model: Model, records: Records) -> SourceComparison:
    """Sources by the model's numbers; records of a system that it never saw count as of its first."""
    numbers = {name: number for number, name in enumerate(model.sources)}
    names = records.source_names or model.sources[:1]
    mapping = np.array([numbers.get(name, 0) for name in names], np.int32)
    codes = records.sources if len(records.sources) else np.zeros(len(records), np.int32)
    return SourceComparison(model.sources, mapping[codes])
