"""Whose columns are whose in a row that holds several people: a tenancy has two tenants, each of whom has their own rights."""

from collections.abc import Collection, Iterator

from app.customers.layout import Layout, RecordShape
from app.customers.parsing.attributes import applies, text_at
from app.customers.reading.rows import Row


def own_part(row: Row, layout: Layout, key: str) -> Row:
    """The row without the columns that are only about others in it. Empty if the layout no longer finds this key there."""
    shapes = dict(_shapes(row, layout))
    if key not in shapes:
        return {}
    others = [shape for one, shape in shapes.items() if one != key]
    return _without(row, _columns(others) - _columns([shapes[key]]), drop=True)


def without(row: Row, layout: Layout, keys: Collection[str]) -> Row:
    """The row with the columns emptied that are only about these keys."""
    shapes = dict(_shapes(row, layout))
    gone = [shape for key, shape in shapes.items() if key in keys]
    stay = [shape for key, shape in shapes.items() if key not in keys]
    return _without(row, _columns(gone) - _columns(stay), drop=False)


def keys_in(row: Row, layout: Layout) -> list[str]:
    """Every key that the row holds a record under."""
    return [key for key, _ in _shapes(row, layout)]


def _shapes(row: Row, layout: Layout) -> Iterator[tuple[str, RecordShape]]:
    for shape in layout.records:
        names = {column: text_at(row, column) for column in shape.key_columns}
        if applies(shape, row) and all(names.values()):
            yield shape.key_of(names), shape


def _columns(shapes: Collection[RecordShape]) -> set[str]:
    """Top-level columns that these shapes read."""
    found: set[str] = set()
    for shape in shapes:
        for source in (*shape.attributes.values(), *shape.key_columns, *([shape.filled] if shape.filled else ())):
            found.update(source if isinstance(source, list) else [source])
    return {column.split(".")[0] for column in found}


def _without(row: Row, columns: set[str], *, drop: bool) -> Row:
    if drop:
        return {column: value for column, value in row.items() if column not in columns}
    return {column: "" if column in columns else value for column, value in row.items()}
