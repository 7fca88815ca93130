"""The monthly pack for both parties to sign: on paper as PDF, in figures as XLSX. The same numbers in both."""

from datetime import datetime
from typing import Any

from app.kernel.clock import LONDON
from app.kernel.pdf import pdf
from app.kernel.sheets import xlsx
from app.sla.agreements import Signature
from app.sla.enums import Measure, Party
from app.sla.signing_off import SignOffRow

TEMPLATE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title)
#set page(paper: "a4", margin: 2cm, numbering: "1 / 1")
#set text(size: 10pt, lang: "en")
= #data.title
#data.parties \\
#data.version
#v(6pt)
#table(columns: (1fr, auto), stroke: 0.4pt, ..data.facts.flatten())
== Measures
#table(columns: (2fr, 1fr, 1fr, 1fr, 1fr, 1fr), stroke: 0.4pt,
  table.header([*Measure*], [*Agreed*], [*Cases*], [*In time*], [*Share*], [*Kept*]), ..data.measures.flatten())
== Missed
#for part in data.missed [
  *#part.measure:* #if part.references.len() == 0 [none] else [#part.references.join(", ")] \\
]
== Signed off
#table(columns: (1fr, 1fr, 1fr, 2fr), stroke: 0.4pt, table.header([*Party*], [*Name*], [*When*], [*Comment*]), ..data.signatures.flatten())
"""
NOT_YET = "Not signed yet"


def pack_pdf(row: SignOffRow) -> bytes:
    """The pack on paper."""
    agreement = row.agreement
    return pdf(TEMPLATE, {
        "title": f"{agreement.service_name}: {row.month:%B %Y}",
        "parties": f"{agreement.front_unit} and {agreement.service_unit}",
        "version": f"Agreement version {agreement.version}, in force from {_day(agreement.starts_on)}, review on {_day(agreement.review_on)}",
        "facts": [[label, str(value)] for label, value in facts(row)],
        "measures": [[str(cell) for cell in line] for line in measures(row)],
        "missed": [{"measure": m.label, "references": _of(row, m)["missed"]} for m in Measure],
        "signatures": [[party.label, *_signed(row.signatures[party])] for party in Party],
    })  # fmt: skip


def pack_xlsx(row: SignOffRow) -> bytes:
    """The pack in figures: a sheet for the summary, one for the measures, one for what was missed, one for who signed."""
    missed = [(measure.label, reference) for measure in Measure for reference in _of(row, measure)["missed"]]
    signed = [(party.label, *_signed(row.signatures[party])) for party in Party]
    return xlsx([
        ("Summary", ("What", "How many"), facts(row)),
        ("Measures", ("Measure", "Agreed", "Cases", "In time", "Share", "Kept"), measures(row)),
        ("Missed", ("Measure", "Reference"), missed),
        ("Signed off", ("Party", "Name", "When", "Comment"), signed),
    ])  # fmt: skip


def facts(row: SignOffRow) -> list[tuple[str, int]]:
    """What happened in the month, beside the measures."""
    words = {
        "received": "Enquiries received",
        "resolved": "Enquiries resolved",
        "urgent": "Marked urgent",
        "pauses": "Pauses",
    }
    return [(label, int(row.figures[name])) for name, label in words.items()]


def measures(row: SignOffRow) -> list[tuple[str, str, int, int, str, str]]:
    """Each measure: what was agreed, how many cases, how many in time, and whether that is enough. No cases is no failure."""
    lines = []
    for measure in Measure:
        target, found = row.agreement.targets.get(measure), _of(row, measure)
        share = found["met"] / found["cases"] if found["cases"] else None
        agreed = f"{target.working_days} working days, {target.percent} %" if target else ""
        kept = "" if share is None or target is None else ("yes" if share * 100 >= target.percent else "no")
        lines.append((measure.label, agreed, found["cases"], found["met"], _percent(share), kept))
    return lines


def _of(row: SignOffRow, measure: Measure) -> dict[str, Any]:
    found: dict[str, Any] = row.figures["measures"][measure.value]
    return found


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _signed(signature: Signature) -> tuple[str, str, str]:
    if signature.at is None:
        return NOT_YET, "", ""
    return signature.by, _moment(signature.at), signature.comment


def _moment(at: datetime) -> str:
    return f"{at.astimezone(LONDON):%d %B %Y, %H:%M}"


def _day(day: Any) -> str:
    return f"{day:%d %B %Y}"
