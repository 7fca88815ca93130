"""Records from another database, whatever SQLAlchemy speaks to: page by page along the key, from the watermark on."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    NullPool,
    Select,
    and_,
    column,
    create_engine,
    func,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy import table as named_table
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from app.customers.connecting.marks import given_back, kept
from app.customers.connecting.reach import Reach
from app.customers.errors import SourceAway
from app.customers.reading.feed import Cursor, Read
from app.customers.reading.plain import plain
from app.customers.reading.rows import flaw_within, reject
from app.kernel.errors import Invalid
from app.kernel.i18n import N_

PAGE = 1000
_READS = re.compile(r"^\s*(?:select|with)\b", re.IGNORECASE)
_NAME = re.compile(r"^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?$")


def check_sql(settings: Mapping[str, Any], url: str, reach: Reach) -> None:
    """Raises Invalid for an address that cannot be read, a statement that does not only read, or a column without a name."""
    try:
        address = make_url(url)
        driver = address.get_dialect()
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError) as error:
        raise Invalid({"secret": N_("This is not the address of a database that can be read here, like postgresql+psycopg://user:password@host/name")}) from error  # fmt: skip
    if driver.name == "sqlite":
        reach.path(address.database or "")
    what = str(settings.get("query") or "")
    if not _NAME.match(what) and (not _READS.match(what) or ";" in what):
        raise Invalid({"query": N_("Enter the name of a table or view, or one SELECT without a semicolon")})
    if not str(settings.get("key") or "").strip():
        raise Invalid({"key": N_("Name the column that identifies a row")})


class SqlFeed:
    """Pages in the order of (watermark, key), so that any row is a place to go on from.

    A row that changes while it is read, or before reading goes on after an interruption, comes again with its new watermark.
    """

    def __init__(self, url: str, settings: Mapping[str, Any], reach: Reach, since: Any = None) -> None:
        self._url, self._since = url, given_back(since)
        self._key, self._mark = settings["key"], settings.get("mark") or None
        self._what, self._reach = str(settings["query"]), reach

    def __call__(self, after: Cursor) -> Iterator[Read]:
        number = after.get("rows", 0)
        last = [given_back(value) for value in after["after"]] if "after" in after else None
        with self._connected() as connection:
            newest = self._newest(connection)
            horizon = given_back(after["horizon"]) if "horizon" in after else newest
            while True:
                rows = connection.execute(self._page(last)).mappings().all()
                for found in rows:
                    number += 1
                    last = [found[self._mark] if self._mark else None, found[self._key]]
                    cursor: Cursor = {"rows": number, "after": [kept(value) for value in last]}
                    if self._mark:
                        cursor |= {"mark": kept(last[0]), "horizon": kept(horizon)}
                    row = {name: plain(value) for name, value in found.items()}
                    flaw = flaw_within(row)
                    newer = horizon is not None and last[0] > horizon
                    yield Read(number, reject(flaw[0], row, detail=flaw[1]) if flaw else row, cursor, newer=newer)
                if len(rows) < PAGE:
                    return

    def _page(self, last: list[Any] | None) -> Select[Any]:
        """The next rows. What has exactly the watermark of last time is read again: more may have come with it since."""
        key: ColumnElement[Any] = column(self._key)
        mark: ColumnElement[Any] | None = column(self._mark) if self._mark else None
        query = select(text("*")).select_from(self._from()).limit(PAGE)
        if mark is None:
            return (query.where(key > last[1]) if last else query).order_by(key)
        if last:
            query = query.where(_beyond(mark, key, last))
        elif self._since is not None:
            query = query.where(mark >= self._since)
        return query.order_by(mark, key)

    def _from(self) -> Any:
        if _NAME.match(self._what):
            schema, _, name = self._what.rpartition(".")
            return named_table(name, schema=schema or None)
        return text(f"({self._what}) AS found")

    def _newest(self, connection: Connection) -> Any:
        """The highest watermark there is; without one, nothing. Raises Invalid if rows lack theirs."""
        if not self._mark:
            return None
        mark: ColumnElement[Any] = column(self._mark)
        query = select(func.count(literal(1)), func.count(mark), func.max(mark)).select_from(self._from())
        rows, with_mark, newest = connection.execute(query).one()
        if rows > with_mark:
            raise Invalid(
                {"mark": N_("%(number)s rows have nothing in the column %(column)s, by which changes are found")},
                number=rows - with_mark, column=self._mark,
            )  # fmt: skip
        return newest

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """A connection that only reads. What goes wrong is told without the address, which holds a password."""
        address = make_url(self._url)
        if address.get_dialect().name == "sqlite":
            address = address.set(database=str(self._reach.path(address.database or "")))
        engine = create_engine(address, poolclass=NullPool)
        try:
            with engine.connect() as connection:
                if engine.dialect.name == "postgresql":
                    connection = connection.execution_options(postgresql_readonly=True)  # noqa: PLW2901 - the same one, told to be careful
                yield connection
                connection.rollback()
        except DBAPIError as error:
            if error.connection_invalidated or type(error).__name__ in {"OperationalError", "InterfaceError"}:
                raise SourceAway(
                    N_("The database does not answer: %(why)s"), why=_said(error, address.password)
                ) from error
            raise Invalid({"query": N_("The database refused: %(why)s")}, why=_said(error, address.password)) from error
        except SQLAlchemyError as error:
            raise Invalid({"query": N_("The database cannot be read: %(why)s")}, why=type(error).__name__) from error
        finally:
            engine.dispose()


def _beyond(mark: ColumnElement[Any], key: ColumnElement[Any], last: list[Any]) -> ColumnElement[bool]:
    return or_(mark > last[0], and_(mark == last[0], key > last[1]))


def _said(error: DBAPIError, password: object) -> str:
    """The first line of what the driver says, and never the password."""
    line = (str(error.orig).strip().splitlines() or [""])[0][:300]
    return line.replace(str(password), "…") if password else line
