"""One organisation that is not (yet) a record, against all records: by the marks and the weights that match organisations as they come."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.customers.matching.lookup import ASKED, Weighed
from app.customers.matching.organisation_marks import Body, bodies_of, marks_of, similarity
from app.customers.matching.organisation_model import ALIKE, weigh
from app.customers.matching.parameters import current_parameters
from app.customers.matching.records import Current, read_current, read_links

_MOST, _OF_EACH = 400, 5
"""So many records are compared at the most, and of one golden record those that share most: a landlord has one for every home."""
_SHARING = text("""
    WITH held AS (
      SELECT m.record_id, l.golden_id, cardinality(ARRAY(SELECT unnest(m.marks) INTERSECT SELECT unnest(CAST(:marks AS bigint[])))) AS common
      FROM match_record m JOIN link l ON l.source_record_id = m.record_id WHERE m.organisation AND m.marks && CAST(:marks AS bigint[])
      UNION
      SELECT m.record_id, l.golden_id, cardinality(ARRAY(SELECT unnest(m.marks) INTERSECT SELECT unnest(CAST(:marks AS bigint[])))) AS common
      FROM match_record m JOIN link l ON l.source_record_id = m.record_id WHERE m.organisation AND m.record_id = ANY(:also)
    ), ranked AS (
      SELECT record_id, common, row_number() OVER (PARTITION BY golden_id ORDER BY common DESC, record_id) AS place FROM held
    )
    SELECT record_id FROM ranked WHERE place <= :each ORDER BY common DESC, record_id LIMIT :most
""")


def weigh_organisation(session: Session, said: Mapping[str, str], also: Collection[UUID] = ()) -> list[Weighed]:
    """Golden records by how likely they are this organisation, the likeliest first; `also`: records to compare whatever they share.

    None before the first match run. One that goes by a name that has nothing in common with the one that is said counts only by its number.
    """
    by = current_parameters(session)
    if by is None:
        return []
    asked = Current(ASKED, "", "", "asked", 1, dict(said), None, restricted=False)
    [mine] = bodies_of([asked])
    marks = list(marks_of(mine)) if by.is_usable else []
    near = session.scalars(_SHARING, {"marks": marks, "also": list(also), "each": _OF_EACH, "most": _MOST}).all()
    records = read_current(session, near)
    bodies = bodies_of(records)
    links = read_links(session, near)
    best: dict[UUID, float] = {}
    numbers: dict[UUID, set[str]] = {}
    weights = weigh([asked, *records], [(0, place) for place in range(1, len(records) + 1)])
    for record, body, weight, comparable in zip(records, bodies, weights, _comparable(mine, bodies), strict=True):
        golden = links.get(record.id)
        if golden is not None:
            numbers.setdefault(golden, set()).update({body.number} - {""})
            if comparable:
                best[golden] = max(best.get(golden, weight), weight)
    return [
        Weighed(
            golden, weight, contradicted=bool(mine.number and numbers[golden] and mine.number not in numbers[golden])
        )
        for golden, weight in sorted(best.items(), key=lambda one: (-one[1], one[0]))
    ]


def _comparable(mine: Body, bodies: Collection[Body]) -> list[bool]:
    """Whether each may be the same at all: by one number, by names that are alike, or because a name is not said."""
    levels = similarity([(mine.name, body.name) for body in bodies if mine.name and body.name])
    known = iter(levels)
    return [
        (next(known) >= ALIKE if mine.name and body.name else True) or bool(mine.number and mine.number == body.number)
        for body in bodies
    ]
