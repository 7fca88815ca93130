"""Records that are about to be erased, taken out of everything that matching has made of them: the present and the past."""

# ruff: noqa: S608 - statements are put together from names of our own columns; every value is bound

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.customers.enums import RunKind
from app.customers.matching import neighbourhood as around
from app.customers.matching.flow import hold, settle
from app.customers.matching.organisation_flow import take_in_organisations
from app.customers.matching.parameters import current_parameters
from app.kernel.actors import Actor

_WITHOUT = """
    SELECT coalesce(jsonb_agg(jsonb_set(said, '{beat}', (
        SELECT coalesce(jsonb_agg(lost), '[]') FROM jsonb_array_elements(said->'beat') AS lost WHERE lost->>'record' <> ALL(:names)
    ))), '[]') FROM jsonb_array_elements({attributes}) AS said WHERE coalesce(said->>'record', '') <> ALL(:names)
"""
"""The values of a golden record, without those that come from the erased records or were typed by a steward."""
_WITHOUT_THEN = _WITHOUT.replace("{attributes}", "v.content->'attributes'")
_BLANK = ("display_name", "address", "postcode", "phone", "email")
_BLANKED = ", ".join(f"{column} = ''" for column in _BLANK)
_BLANK_THEN = ", ".join(f"'{column}', ''" for column in _BLANK)

_GOLDEN = text(
    "SELECT golden_id FROM link WHERE source_record_id = ANY(:ids) UNION "
    "SELECT golden_id FROM link_version WHERE source_record_id = ANY(:ids)"
)
_PRESENT = (
    text("DELETE FROM possible_match WHERE left_id = ANY(:ids) OR right_id = ANY(:ids)"),
    text("DELETE FROM link WHERE source_record_id = ANY(:ids)"),
    text(
        "UPDATE golden_record g SET retired_at = :now, changed_at = :now WHERE g.id = ANY(:golden) AND g.retired_at IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM link l WHERE l.golden_id = g.id)"
    ),
    text(
        "DELETE FROM golden_search s USING golden_record g WHERE g.id = s.golden_id AND g.id = ANY(:golden) AND NOT g.live"
    ),
)
_PAST = (
    text(
        f"UPDATE golden_record g SET attributes = ({_WITHOUT.replace('{attributes}', 'g.attributes')}), date_of_birth = NULL, "
        f"property_id = NULL, {_BLANKED} WHERE g.id = ANY(:golden) AND NOT g.live"
    ),
    text(
        f"UPDATE golden_version v SET content = v.content || jsonb_build_object('attributes', "
        f"({_WITHOUT_THEN}), 'date_of_birth', NULL, 'property_id', NULL, {_BLANK_THEN}) WHERE v.golden_id = ANY(:golden)"
    ),
    text(
        "UPDATE link_version v SET evidence = '{}' WHERE v.golden_id = ANY(:golden) AND EXISTS "
        "(SELECT 1 FROM unnest(CAST(:said AS text[])) AS one WHERE strpos(v.evidence::text, one) > 0)"
    ),
    text(
        "UPDATE golden_merge SET kept_before = '', gone_before = '' WHERE kept_id = ANY(:golden) OR gone_id = ANY(:golden)"
    ),
)
_ERASING = text("SELECT set_config('firstpoint.erasing', :value, true)")
_WAS_ERASING = text("SELECT coalesce(current_setting('firstpoint.erasing', true), '')")


def forget(session: Session, actor: Actor, ids: Collection[UUID], *, now: datetime) -> None:
    """Take records out of their golden records, match anew what they held together, and their values out of all history.

    Call before the records are deleted; afterwards nothing of matching refers to them. What stewards decided about their keys
    stays, and holds again if they come again. Of the golden records concerned the past keeps only which values other records gave.
    """
    hold(session)
    by = current_parameters(session)
    golden = list(session.scalars(_GOLDEN, {"ids": list(ids)}))
    rest = around.component(session, ids) - set(ids)
    known = around.marked(session, ids)
    around.drop_edges(session, ids)
    around.forget_marks(session, ids)
    rest |= take_in_organisations(session, known.values(), ()) - set(ids)
    values = {
        "ids": list(ids),
        "names": ["", *(str(one) for one in ids)],
        "said": [str(one) for one in ids],
        "now": now,
        "golden": golden,
    }
    for statement in _PRESENT:
        session.execute(statement, values)
    if by is not None and rest:
        settle(session, actor, by, rest, kind=RunKind.DECISION, now=now)
    before = session.scalar(_WAS_ERASING)
    session.execute(_ERASING, {"value": "on"})
    for statement in _PAST:
        session.execute(statement, values)
    session.execute(_ERASING, {"value": before})
