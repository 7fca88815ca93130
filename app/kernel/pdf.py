"""Documents on paper: typst sets them, from a template of ours and plain data."""

import json
from collections.abc import Mapping
from typing import Any

import typst


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of a typst template, which reads what it shows by `#let data = json(bytes(sys.inputs.data))`.

    Data never becomes markup: it reaches the template as values. Dates and numbers come in as people write them. Raises
    `typst.TypstError` for a template that does not compile.
    """
    written = typst.compile(template.encode(), format="pdf", sys_inputs={"data": json.dumps(data, ensure_ascii=False)})
    if not isinstance(written, bytes):
        raise TypeError("typst gave pages where one document was asked for")
    return written
