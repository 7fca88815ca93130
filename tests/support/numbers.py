"""Numbers in a text that also holds hashes, ids, moments and timings: any six digits stand in one of those by chance, now and then."""

import re

_GAP = r"(?:[\s.+-]|%20|&nbsp;|&#160;)*"


def telephone_in(text: str, ending: str) -> bool:
    """Whether a mobile number with these last six digits is told, whole in any way of writing it or as its end alone."""
    if ending[3:] not in text:  # most pages: told in no time
        return False
    whole = rf"7700{_GAP}{ending[:3]}{_GAP}{ending[3:]}"
    alone = rf"(?<![\w.-]){ending[:3]}{_GAP}{ending[3:]}(?![\w-])"
    return re.search(f"{whole}|{alone}", text) is not None
