"""What two records seem to share, and what says nothing: 1 January 1900, 00000 000000, none@none.com."""

from functools import lru_cache

import mdm
from app.customers.matching.forms import form_of
from app.customers.matching.records import Current

KINDS = {
    "date_of_birth": mdm.Kind.DATE_OF_BIRTH, "phone": mdm.Kind.PHONE, "email": mdm.Kind.EMAIL,
    "national_id": mdm.Kind.NATIONAL_ID,
}  # fmt: skip


def shares_placeholder(one: Current, other: Current) -> bool:
    """Both say the same of one of these, and it is what people write when they know nothing."""
    return any(
        (said := one.attributes.get(name, "")) and said == other.attributes.get(name) and _is_hollow(said, kind)
        for name, kind in KINDS.items()
    )


@lru_cache(maxsize=10_000)
def _is_hollow(said: str, kind: mdm.Kind) -> bool:
    return not form_of(said, kind)
