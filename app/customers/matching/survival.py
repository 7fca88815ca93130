"""What a golden record says: the engine's survivorship, by the rules and the stewards' pins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from app.customers.enums import CustomerKind
from app.customers.layout import ATTRIBUTES
from app.customers.matching.forms import Forms, telephone
from app.customers.matching.pinned import Pins, pins_of
from app.customers.matching.records import Current, Pinned
from app.customers.matching.rules import ADDRESS, ENDED
from app.customers.parsing.addresses import one_line
from mdm import Rules, SourceRecord, Survivor, survive


@dataclass(frozen=True, slots=True)
class Portrait:
    """A golden record's content, ready to be written."""

    kind: CustomerKind
    attributes: list[dict[str, Any]]
    name: str
    date_of_birth: date | None
    address: str
    postcode: str
    phone: str
    email: str
    property_id: UUID | None
    restricted: bool


def portray(members: Sequence[Current], by: Rules, today: date, forms: Forms, pins: Sequence[Pinned] = ()) -> Portrait:
    """The golden record of these source records. Of two pins on one attribute the later one holds."""
    held = {member.name: member for member in members}
    pinned = pins_of(pins, held)
    golden = _survived(members, by, today, forms, pinned)
    attributes = [_provenance(survivor, held, pinned.records.get(name)) for name, survivor in golden.items()]
    value = {name: survivor.value for name, survivor in golden.items()}
    born = value.get("date_of_birth", "")
    return Portrait(
        kind=CustomerKind.ORGANISATION if "organisation_name" in value else CustomerKind.PERSON,
        attributes=attributes,
        name=display_name(value)[:400],
        date_of_birth=as_date(born),
        address=display_address(value)[:500],
        postcode=value.get("postcode", "")[:10],
        phone=value.get("phone", "")[:60],
        email=value.get("email", "")[:254],
        property_id=_property(golden.get("street"), held, members, pinned.records.get("street")),
        restricted=any(member.restricted for member in members),
    )


def values_of(
    members: Sequence[Current], by: Rules, today: date, forms: Forms, pins: Sequence[Pinned] = ()
) -> dict[str, str]:
    """Attribute → value, as their golden record would show it, for whoever does not ask where it comes from."""
    pinned = pins_of(pins, {member.name: member for member in members})
    return {name: survivor.value for name, survivor in _survived(members, by, today, forms, pinned).items()}


def _survived(members: Sequence[Current], by: Rules, today: date, forms: Forms, pinned: Pins) -> dict[str, Survivor]:
    """What survives and is shown, in the order of the attributes."""
    golden = survive([_said_by(member, members, today, forms) for member in members], by, pinned.chosen)
    shown = [name for name in ATTRIBUTES if name in golden and name != "phone_2" and name not in pinned.unsaid]
    return {name: golden[name] for name in shown}


def display_name(value: Mapping[str, str]) -> str:
    """An organisation's name, or a person's names in their usual order."""
    if organisation := value.get("organisation_name"):
        return organisation
    return " ".join(value[part] for part in ("title", "given_name", "middle_name", "family_name") if value.get(part))


def display_address(value: Mapping[str, str]) -> str:
    """The address in one line, without the postcode."""
    street = " ".join(value[part] for part in ("house_number", "street") if value.get(part))
    return one_line(value.get("unit", ""), value.get("building", ""), street, value.get("city", ""))


def as_date(text: str) -> date | None:
    """A day, or None for what is no day of the calendar."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _said_by(member: Current, members: Sequence[Current], today: date, forms: Forms) -> SourceRecord:
    """A record as survivorship takes it.

    An initial says nothing where somebody has the whole name; neither do placeholders. The properties that an organisation pays for
    are not where it is.
    """
    said: dict[str, str | None] = {
        name: member.attributes.get(name) for name in ATTRIBUTES if name in member.attributes
    }
    for name in ("given_name", "middle_name"):
        text = member.attributes.get(name, "")
        if len(text.rstrip(".")) == 1 and any(len(other.attributes.get(name, "")) > 2 for other in members):
            said.pop(name, None)
    for name, known in (("phone", forms.phones), ("email", forms.emails)):
        if name in said:
            form = known.get(member.attributes[name], "")
            said[name] = telephone(form) if name == "phone" else form
    if member.is_organisation and len(members) > 1:
        said = {name: value for name, value in said.items() if name not in ADDRESS}
    until = as_date(member.attributes.get("until", ""))
    ended = until is not None and until < today
    return SourceRecord(member.name, member.source_name + (ENDED if ended else ""), said, _recorded(member))


def _recorded(member: Current) -> datetime | None:
    text = member.attributes.get("updated") or member.attributes.get("since") or ""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _provenance(survivor: Survivor, held: Mapping[str, Current], pinned: str | None) -> dict[str, Any]:
    """`pinned`: the record whose value a steward chose; others may hold the same."""
    holders = sorted(survivor.records, key=lambda name: name != pinned)
    first = held.get(holders[0]) if holders else None
    return {
        "attribute": survivor.attribute,
        "value": survivor.value,
        "record": str(first.id) if first else None,
        "source": first.source_name if first else "",
        "key": first.key if first else "",
        "holders": len(survivor.records),
        "since": survivor.since.date().isoformat() if survivor.since else None,
        "by": survivor.by.value,
        "why": survivor.why,
        "beat": [
            {
                "value": beaten.value,
                "source": held[beaten.records[0]].source_name,
                "key": held[beaten.records[0]].key,
                "record": str(held[beaten.records[0]].id),
                "by": beaten.by.value,
            }
            for beaten in survivor.beat
        ],
    }


def _property(
    street: Survivor | None, held: Mapping[str, Current], members: Sequence[Current], pinned: str | None
) -> UUID | None:
    """The property of the records whose address survived, as far as they have one; of the pinned one and no other."""
    if pinned is not None:
        return held[pinned].property_id
    if street is None and len(members) > 1:
        return None
    names = street.records if street else [member.name for member in members]
    return next((held[name].property_id for name in names if held[name].property_id), None)
