"""What customers are found by: folded text, the keys that an index reads, and every word that occurs with how often it does."""

from datetime import date
from uuid import UUID

from sqlalchemy import DDL, BigInteger, Computed, Date, ForeignKey, Index, String, Text, event, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base

AT_ONCE = {"fastupdate": "off"}
"""A match run writes thousands of rows; left in the index's pending list, every search would read through them."""
KEYS_OF_ROW = "golden_search_keys(names, addresses, postcodes, births, phones, emails)"


class GoldenSearch(Base):
    """What a live golden record can be found by: every form that any of its source records holds, folded.

    Of a restricted one only names and dates of birth are here, so that no search can tell where somebody lives. `keys` is made by
    the database from the rest, so whatever changes a row changes what finds it, in the same statement.
    """

    __tablename__ = "golden_search"

    golden_id: Mapped[UUID] = mapped_column(ForeignKey("golden_record.id", ondelete="CASCADE"), primary_key=True)
    names: Mapped[str] = mapped_column(Text)
    addresses: Mapped[str] = mapped_column(Text)
    postcodes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    births: Mapped[list[date]] = mapped_column(ARRAY(Date))
    phones: Mapped[list[str]] = mapped_column(ARRAY(Text))
    emails: Mapped[str] = mapped_column(Text)
    keys: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), Computed(KEYS_OF_ROW, persisted=True))

    __table_args__ = (Index("ix_golden_search_keys", "keys", postgresql_using="gin", postgresql_with=AT_ONCE),)


class SearchWord(Base):
    """A word of names (n) or of addresses (a), or a district or sector of a postcode (p), that some row of golden_search holds; kept
    in step by its triggers.

    `held`: how often. `keys`: hashes of the word, of it without each one of its letters, and, first, of its sound: two words that share
    one are a slip of the pen apart, or sound alike.
    """

    __tablename__ = "search_word"

    kind: Mapped[str] = mapped_column(String(1), primary_key=True)
    word: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    held: Mapped[int]
    keys: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), Computed("search_word_keys(kind, word)", persisted=True))

    __table_args__ = (
        Index("ix_search_word_keys", "keys", postgresql_using="gin", postgresql_with=AT_ONCE),
        Index("ix_search_word_unheld", "held", postgresql_where=text("held <= 0")),
    )


WORD_KEYS = """
CREATE OR REPLACE FUNCTION search_word_keys(kind text, word text) RETURNS bigint[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    sound text := word;
    found bigint[];
    place int;
BEGIN
    sound := regexp_replace(sound, '^(kn|gn|pn)', 'n');
    sound := regexp_replace(sound, '^wr', 'r');
    sound := regexp_replace(sound, '^(mac|mc)', 'mk');
    sound := regexp_replace(sound, '(ph|gh)', 'f', 'g');
    sound := regexp_replace(sound, '(sch|sh|ch|tch)', 'x', 'g');
    sound := regexp_replace(sound, 'c([eiy])', 's\\1', 'g');
    sound := regexp_replace(sound, '(ck|c|q)', 'k', 'g');
    sound := translate(sound, 'zvdj', 'sftg');
    sound := regexp_replace(sound, '^[aeiouy]+h?', 'a');
    sound := left(sound, 1) || regexp_replace(substr(sound, 2), '[aeiouywh]', '', 'g');
    sound := regexp_replace(sound, '(.)\\1+', '\\1', 'g');
    found := ARRAY[hashtextextended(kind || '#' || sound, 0), hashtextextended(kind || ':' || word, 0)];
    FOR place IN 1..least(length(word), 24) LOOP
        found := found || hashtextextended(kind || ':' || left(word, place - 1) || substr(word, place + 1), 0);
    END LOOP;
    RETURN found;
END $$
"""

ROW_KEYS = """
CREATE OR REPLACE FUNCTION golden_search_keys(
    names text, addresses text, postcodes text[], births date[], phones text[], emails text
) RETURNS bigint[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    words text[] := (string_to_array(names, ' '))[1:12];
    places text[] := '{}';
    years text[] := '{}';
    keys bigint[] := '{}';
    parts text[];
    home text;
    one text;
    other text;
    day date;
    size int;
BEGIN
    FOREACH one IN ARRAY postcodes LOOP
        keys := keys || hashtextextended('p:' || one, 0);
        IF length(one) BETWEEN 5 AND 7 THEN
            home := left(one, -3) || ' ' || left(right(one, 3), 1);
            places := places || home || left(one, -3);
            keys := keys || hashtextextended('s:' || home, 0);
        END IF;
    END LOOP;
    FOREACH day IN ARRAY births LOOP
        years := years || extract(year FROM day)::int::text;
        keys := keys || hashtextextended('b:' || (day - DATE '2000-01-01')::text, 0);
    END LOOP;
    FOREACH one IN ARRAY words LOOP
        CONTINUE WHEN length(one) < 2;
        keys := keys || hashtextextended('n:' || one, 0);
        FOREACH other IN ARRAY words LOOP
            IF other <> one THEN
                keys := keys || hashtextextended('n:' || one || '~' || left(other, 1), 0);
            END IF;
        END LOOP;
        FOREACH other IN ARRAY places LOOP
            keys := keys || hashtextextended('n:' || one || '@' || other, 0);
        END LOOP;
        FOREACH other IN ARRAY years LOOP
            keys := keys || hashtextextended('n:' || one || '*' || other, 0);
        END LOOP;
    END LOOP;
    FOREACH home IN ARRAY (string_to_array(addresses, ' | '))[1:6] LOOP
        parts := (string_to_array(home, ' '))[1:12];
        FOREACH one IN ARRAY parts LOOP
            CONTINUE WHEN length(one) < 3 OR one ~ '^[0-9]';
            keys := keys || hashtextextended('a:' || one, 0);
            FOREACH other IN ARRAY parts LOOP
                IF other ~ '^[0-9]' THEN
                    keys := keys || hashtextextended('a:' || one || '~' || other, 0);
                END IF;
            END LOOP;
        END LOOP;
    END LOOP;
    FOREACH one IN ARRAY phones LOOP
        keys := keys || hashtextextended('t:' || one, 0);
    END LOOP;
    FOREACH one IN ARRAY string_to_array(emails, ' ') LOOP
        other := split_part(one, '@', 1);
        size := length(other);
        keys := keys || hashtextextended('e:' || one, 0) || hashtextextended('h:' || left(other, (size + 1) / 2) || '~' || size, 0)
            || hashtextextended('z:' || right(other, size / 2) || '~' || size, 0);
    END LOOP;
    RETURN ARRAY(SELECT DISTINCT key FROM unnest(keys) AS key ORDER BY key);
END $$
"""

WORDS_KEPT = """
CREATE OR REPLACE FUNCTION golden_search_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM search_word;
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO search_word AS known (kind, word, held)
        SELECT w.kind, w.word, count(*) FROM came AS r CROSS JOIN LATERAL search_words_of(r.names, r.addresses, r.postcodes) AS w
        GROUP BY w.kind, w.word ORDER BY w.kind, w.word
        ON CONFLICT (kind, word) DO UPDATE SET held = known.held + excluded.held;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO search_word AS known (kind, word, held)
        SELECT kind, word, sum(times) FROM (
            SELECT w.kind, w.word, 1 AS times FROM came AS r CROSS JOIN LATERAL search_words_of(r.names, r.addresses, r.postcodes) AS w
            UNION ALL
            SELECT w.kind, w.word, -1 FROM gone AS r CROSS JOIN LATERAL search_words_of(r.names, r.addresses, r.postcodes) AS w
        ) AS altered GROUP BY kind, word HAVING sum(times) <> 0 ORDER BY kind, word
        ON CONFLICT (kind, word) DO UPDATE SET held = known.held + excluded.held;
    ELSE
        INSERT INTO search_word AS known (kind, word, held)
        SELECT w.kind, w.word, -count(*) FROM gone AS r CROSS JOIN LATERAL search_words_of(r.names, r.addresses, r.postcodes) AS w
        GROUP BY w.kind, w.word ORDER BY w.kind, w.word
        ON CONFLICT (kind, word) DO UPDATE SET held = known.held + excluded.held;
    END IF;
    DELETE FROM search_word WHERE held <= 0;
    RETURN NULL;
END $$
"""

WORDS_OF = """
CREATE OR REPLACE FUNCTION search_words_of(names text, addresses text, postcodes text[]) RETURNS TABLE (kind text, word text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT 'n', one FROM unnest(string_to_array(names, ' ')) AS one WHERE length(one) > 1
    UNION ALL
    SELECT 'a', one FROM unnest(string_to_array(addresses, ' ')) AS one WHERE length(one) > 2 AND one !~ '^[0-9]'
    UNION ALL
    SELECT 'p', part FROM unnest(postcodes) AS one
    CROSS JOIN LATERAL (VALUES (left(one, -3)), (left(one, -3) || ' ' || left(right(one, 3), 1))) AS area(part)
    WHERE length(one) BETWEEN 5 AND 7
$$
"""

TRIGGERS = (
    """
    CREATE TRIGGER golden_search_words_came AFTER INSERT ON golden_search REFERENCING NEW TABLE AS came
        FOR EACH STATEMENT EXECUTE FUNCTION golden_search_words()
    """,
    """
    CREATE TRIGGER golden_search_words_changed AFTER UPDATE ON golden_search REFERENCING OLD TABLE AS gone NEW TABLE AS came
        FOR EACH STATEMENT EXECUTE FUNCTION golden_search_words()
    """,
    """
    CREATE TRIGGER golden_search_words_gone AFTER DELETE ON golden_search REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION golden_search_words()
    """,
    """
    CREATE TRIGGER golden_search_words_emptied AFTER TRUNCATE ON golden_search
        FOR EACH STATEMENT EXECUTE FUNCTION golden_search_words()
    """,
)

for statement in (WORD_KEYS, ROW_KEYS, WORDS_OF):
    event.listen(Base.metadata, "before_create", DDL(statement))  # type: ignore[no-untyped-call]  # - SQLAlchemy leaves it untyped
for statement in (WORDS_KEPT, *TRIGGERS):
    event.listen(GoldenSearch.__table__, "after_create", DDL(statement))  # type: ignore[no-untyped-call]  # - SQLAlchemy leaves it untyped
