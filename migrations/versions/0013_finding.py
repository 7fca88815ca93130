"""One index by which customers are found: keys that the database makes of every row, and the words that occur.

What is there is given its keys as the column is added, and its words at the end. The six indexes that search read before go.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"

AT_ONCE = {"fastupdate": "off"}
KEYS = "golden_search_keys(names, addresses, postcodes, births, phones, emails)"
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

WORDS_OF = """
CREATE OR REPLACE FUNCTION search_words_of(names text, addresses text) RETURNS TABLE (kind text, word text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT 'n', one FROM unnest(string_to_array(names, ' ')) AS one WHERE length(one) > 1
    UNION ALL
    SELECT 'a', one FROM unnest(string_to_array(addresses, ' ')) AS one WHERE length(one) > 2 AND one !~ '^[0-9]'
$$
"""

WORDS_KEPT = """
CREATE OR REPLACE FUNCTION golden_search_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM search_word;
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO search_word AS known (kind, word, held)
        SELECT w.kind, w.word, count(*) FROM came AS r CROSS JOIN LATERAL search_words_of(r.names, r.addresses) AS w
        GROUP BY w.kind, w.word ORDER BY w.kind, w.word
        ON CONFLICT (kind, word) DO UPDATE SET held = known.held + excluded.held;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO search_word AS known (kind, word, held)
        SELECT kind, word, sum(times) FROM (
            SELECT w.kind, w.word, 1 AS times FROM came AS r CROSS JOIN LATERAL search_words_of(r.names, r.addresses) AS w
            UNION ALL
            SELECT w.kind, w.word, -1 FROM gone AS r CROSS JOIN LATERAL search_words_of(r.names, r.addresses) AS w
        ) AS altered GROUP BY kind, word HAVING sum(times) <> 0 ORDER BY kind, word
        ON CONFLICT (kind, word) DO UPDATE SET held = known.held + excluded.held;
    ELSE
        INSERT INTO search_word AS known (kind, word, held)
        SELECT w.kind, w.word, -count(*) FROM gone AS r CROSS JOIN LATERAL search_words_of(r.names, r.addresses) AS w
        GROUP BY w.kind, w.word ORDER BY w.kind, w.word
        ON CONFLICT (kind, word) DO UPDATE SET held = known.held + excluded.held;
    END IF;
    DELETE FROM search_word WHERE held <= 0;
    RETURN NULL;
END $$
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
FILL = """
INSERT INTO search_word (kind, word, held)
SELECT w.kind, w.word, count(*) FROM golden_search AS r CROSS JOIN LATERAL search_words_of(r.names, r.addresses) AS w
GROUP BY w.kind, w.word ORDER BY w.kind, w.word
"""
SPELT, LISTED = ("addresses", "emails", "names"), ("births", "phones", "postcodes")


def upgrade() -> None:
    for statement in (WORD_KEYS, ROW_KEYS, WORDS_OF, WORDS_KEPT):
        op.execute(statement)
    op.create_table(
        "search_word",
        sa.Column("kind", sa.String(length=1), nullable=False),
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column(
            "keys",
            postgresql.ARRAY(sa.BigInteger()),
            sa.Computed("search_word_keys(kind, word)", persisted=True),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("kind", "word", name=op.f("pk_search_word")),
    )
    op.create_index(
        "ix_search_word_keys", "search_word", ["keys"], unique=False, postgresql_using="gin", postgresql_with=AT_ONCE
    )
    op.create_index(
        "ix_search_word_unheld", "search_word", ["held"], unique=False, postgresql_where=sa.text("held <= 0")
    )
    for column in (*SPELT, *LISTED):
        op.drop_index(f"ix_golden_search_{column}", table_name="golden_search")
    keys = sa.Column("keys", postgresql.ARRAY(sa.BigInteger()), sa.Computed(KEYS, persisted=True), nullable=False)
    op.add_column("golden_search", keys)
    op.create_index(
        "ix_golden_search_keys",
        "golden_search",
        ["keys"],
        unique=False,
        postgresql_using="gin",
        postgresql_with=AT_ONCE,
    )
    op.execute(FILL)
    for statement in TRIGGERS:
        op.execute(statement)


def downgrade() -> None:
    for when in ("came", "changed", "gone", "emptied"):
        op.execute(f"DROP TRIGGER golden_search_words_{when} ON golden_search")
    op.drop_index("ix_golden_search_keys", table_name="golden_search")
    op.drop_column("golden_search", "keys")
    for column in SPELT:
        op.create_index(
            f"ix_golden_search_{column}",
            "golden_search",
            [column],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={column: "gin_trgm_ops"},
            postgresql_with=AT_ONCE,
        )
    for column in LISTED:
        op.create_index(
            f"ix_golden_search_{column}",
            "golden_search",
            [column],
            unique=False,
            postgresql_using="gin",
            postgresql_with=AT_ONCE,
        )
    op.drop_table("search_word")
    op.execute("DROP FUNCTION golden_search_words()")
    op.execute("DROP FUNCTION search_words_of(text, text)")
    op.execute("DROP FUNCTION golden_search_keys(text, text, text[], date[], text[], text)")
    op.execute("DROP FUNCTION search_word_keys(text, text)")
