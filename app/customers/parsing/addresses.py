"""Address lines to their parts, and addresses to the key by which a property is found."""

import re

from app.customers.parsing.names import calm

_UNIT = re.compile(
    r"^((?:flat|apartment|apt|unit|room|studio|suite)\.?\s*(?:no\.?\s*)?\w+|(?:ground|first|second|top|basement)\s+floor(?:\s+flat)?)\b[\s,/]*(.*)$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^(\d+\s?[a-z]?(?:\s?[-/]\s?\d+[a-z]?)?)\s+(\D.*)$", re.IGNORECASE)
_POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\b", re.IGNORECASE)
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_UNIT_WORD = re.compile(r"\b(flat|apartment|apt|unit|room|studio|suite|no)\b")


def split_address(lines: list[str]) -> dict[str, str]:
    """unit, building, house_number, street, city and postcode of one to many lines, each of which may hold commas."""
    whole = ", ".join(line for line in lines if line and line.strip())
    parts: dict[str, str] = {}
    if found := _POSTCODE.search(whole):
        parts["postcode"] = tidy_postcode(found[0])
        whole = whole[: found.start()] + whole[found.end() :]
    pieces = [piece.strip(" .") for piece in whole.split(",")]
    pieces = [piece for piece in pieces if piece]
    if pieces and (unit := _UNIT.match(pieces[0])):
        parts["unit"] = calm(unit[1])
        pieces[:1] = [unit[2]] if unit[2] else []
    numbered = next((place for place, piece in enumerate(pieces) if _NUMBERED.match(piece)), None)
    if numbered is not None:
        found = _NUMBERED.match(pieces[numbered])
        if found:
            parts["house_number"], parts["street"] = found[1].replace(" ", "").upper(), calm(found[2])
        before, after = pieces[:numbered], pieces[numbered + 1 :]
    else:
        after = pieces[-1:] if len(pieces) > 1 else []
        before = pieces[: len(pieces) - len(after)]
        if before:
            parts["street"] = calm(before.pop())
    if before:
        parts["building"] = calm(", ".join(before))
    if after:
        parts["city"] = calm(after[-1])
    return parts


def tidy_postcode(text: str) -> str:
    """'zf12ab' as 'ZF1 2AB'; what is no postcode comes back in upper case."""
    found = _POSTCODE.fullmatch(text.strip())
    return f"{found[1]} {found[2]}".upper() if found else " ".join(text.upper().split())


def address_key(unit: str, house_number: str, postcode: str, building: str = "") -> str:
    """What an address without a UPRN has in common with the same address in the gazetteer; '' when too little is known."""
    number, home = fold(house_number), fold(_UNIT_WORD.sub("", unit.lower()))
    code = fold(postcode)
    if not code or not (number or fold(building)):
        return ""
    return f"{code}|{number or fold(building)}|{home}"


def one_line(*parts: str) -> str:
    """The parts that there are, with commas; a house number stands before its street without one."""
    return ", ".join(part for part in parts if part)


def fold(text: str) -> str:
    """Lower-case letters and digits only."""
    return _NOT_WORD.sub("", text.lower())
