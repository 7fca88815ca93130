"""How people can be reached and told apart: telephones, e-mail addresses, National-Insurance-like numbers.

All of it is unreachable by design. The cast has numbers out of Ofcom's drama ranges (07700 900xxx, 01632 960xxx).
There are only a thousand of each, too few for a town, and shared numbers would make the telephone worthless as
evidence; so everybody else has a number of the same look from 07700 9/8/6/5/4/2xxxxx, mobile blocks that no
operator holds (phonenumbers calls them possible, not valid), or from the rest of 01632, the area code that is
assigned to no place. Mail is at ``.example`` domains, which the DNS will never resolve. National Insurance numbers
begin with QQ, a prefix that is never issued.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from app.seeds.city.letters import mail_part
from app.seeds.city.model import stage_rng
from app.seeds.city.words import MAIL_DOMAINS, STUDENT_DOMAIN

Ints = npt.NDArray[np.int64]

_MOBILE_BLOCKS: Final = (9, 8, 6, 5, 4, 2)


def mobile(index: Ints) -> list[str]:
    """Index to number: one each up to 600,000 people, then the numbers come round again."""
    block, rest = np.divmod(index % 600_000, 100_000)
    rest = np.where((block == 0) & (rest < 1000), rest + 1000, rest)  # 07700 900xxx itself is kept for the cast
    return [f"07700 {_MOBILE_BLOCKS[b]}{r:05d}" for b, r in zip(block.tolist(), rest.tolist(), strict=True)]


def landline(index: Ints) -> list[str]:
    return [f"01632 {n:06d}" for n in (200_000 + index % 760_000).tolist()]


def national_ids(count: int, rng: np.random.Generator) -> list[str]:
    numbers = _spread(count, 4_000_000, rng)
    return [f"QQ{n // 4:06d}{'ABCD'[n % 4]}" for n in numbers.tolist()]


def _spread(count: int, space: int, rng: np.random.Generator) -> Ints:
    """Distinct numbers that look random: a walk of prime step through the space, repeating only beyond its size."""
    start = int(rng.integers(0, space))
    return (start + np.arange(count, dtype=np.int64) * 1_618_033) % space


def reach(people: pl.DataFrame, households: pl.DataFrame, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """People with mobile, previous_mobile, email, previous_email, national_id.

    Households with landline (some share theirs).
    """
    rng = stage_rng(seed, "reach")
    count, age = people.height, people["age"].to_numpy()
    has_mobile = (age >= 13) & (rng.random(count) < np.clip(1.12 - np.maximum(age - 45, 0) * 0.011, 0, 0.97))
    number = _spread(count * 2, 600_000, rng)
    now_mobile, old_mobile = mobile(number[:count]), mobile(number[count:])
    changed = has_mobile & (rng.random(count) < 0.22)
    has_email = (age >= 16) & (rng.random(count) < np.clip(1.05 - np.maximum(age - 50, 0) * 0.017, 0.1, 0.9))
    emails, old_emails = _emails(people, rng), _emails(people, rng)
    moved_email = has_email & (rng.random(count) < 0.18)
    _share_with_partner(people, emails, rng)
    wired = rng.random(households.height) < np.where(households["kind"].is_in(["elder", "elder couple"]), 0.85, 0.4)
    wired &= ~households["kind"].is_in(["hostel", "care_home", "students"]).to_numpy()
    lines = pl.Series("landline", landline(_spread(households.height, 759_000, rng)))
    hall = pl.col("kind").replace_strict({"hostel": "01632 960444", "care_home": "01632 960455"}, default=None)
    people = people.with_columns(
        _where(has_mobile, now_mobile).alias("mobile"), _where(changed, old_mobile).alias("previous_mobile"),
        _where(has_email, emails).alias("email"), _where(moved_email, old_emails).alias("previous_email"),
        pl.Series("national_id", national_ids(count, rng)),
    )  # fmt: skip
    return people, households.with_columns(pl.coalesce(hall, _where(wired, lines.to_list())).alias("landline"))


def _where(mask: npt.NDArray[np.bool_], values: list[str]) -> pl.Expr:
    return pl.when(pl.Series(mask)).then(pl.Series(values))


def _emails(people: pl.DataFrame, rng: np.random.Generator) -> list[str]:
    """Addresses as people make them: from the name, often with a year or a number, at one of a few domains."""
    count = people.height
    style, domain, digits = (
        rng.integers(0, 10, count),
        rng.zipf(1.6, count) % len(MAIL_DOMAINS),
        rng.integers(1, 999, count),
    )
    made: list[str] = []
    taken: set[str] = set()
    columns = people.select("given", "family", pl.col("born").dt.year(), "student").iter_rows()
    for (first, last, year, student), s, d, n in zip(
        columns, style.tolist(), domain.tolist(), digits.tolist(), strict=True
    ):
        one, two = mail_part(first), mail_part(last)
        local = (f"{one}.{two}", f"{one[0]}{two}{year % 100:02d}", f"{one}{two}", f"{one}_{two}{n}", f"{one}{year}",
                 f"{two}.{one}", f"{one[0]}.{two}{n % 100}", f"{one}{n}", f"{one}.{two}{year % 100:02d}",
                 f"{two}{one[0]}{n}")[s]  # fmt: skip
        host = STUDENT_DOMAIN if student else MAIL_DOMAINS[d]
        address, again = f"{local}@{host}", n
        while address in taken:
            again = again * 7 % 99_991 + 1
            address = f"{local}{again}@{host}"
        taken.add(address)
        made.append(address)
    return made


def _share_with_partner(people: pl.DataFrame, emails: list[str], rng: np.random.Generator) -> None:
    """One partner in twelve has no address of their own and gives the head's."""
    partners = np.flatnonzero((people["role"] == "partner").to_numpy())
    for index in partners[rng.random(len(partners)) < 0.08].tolist():
        emails[index] = emails[index - 1]
