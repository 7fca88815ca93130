"""The parts of postcodes that customers live in are kept beside the words of their names: a slip in one leads to what was meant.

What is there is counted at once; nothing else changes in the index.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

NAMES_AND_ADDRESSES = """
    SELECT 'n', one FROM unnest(string_to_array(names, ' ')) AS one WHERE length(one) > 1
    UNION ALL
    SELECT 'a', one FROM unnest(string_to_array(addresses, ' ')) AS one WHERE length(one) > 2 AND one !~ '^[0-9]'
"""
BEFORE = f"""
CREATE OR REPLACE FUNCTION search_words_of(names text, addresses text) RETURNS TABLE (kind text, word text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $${NAMES_AND_ADDRESSES}$$
"""
AFTER = f"""
CREATE OR REPLACE FUNCTION search_words_of(names text, addresses text, postcodes text[]) RETURNS TABLE (kind text, word text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $${NAMES_AND_ADDRESSES}    UNION ALL
    SELECT 'p', part FROM unnest(postcodes) AS one
    CROSS JOIN LATERAL (VALUES (left(one, -3)), (left(one, -3) || ' ' || left(right(one, 3), 1))) AS area(part)
    WHERE length(one) BETWEEN 5 AND 7
$$
"""
KEPT = """
CREATE OR REPLACE FUNCTION golden_search_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM search_word;
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO search_word AS known (kind, word, held)
        SELECT w.kind, w.word, count(*) FROM came AS r CROSS JOIN LATERAL search_words_of({columns}) AS w
        GROUP BY w.kind, w.word ORDER BY w.kind, w.word
        ON CONFLICT (kind, word) DO UPDATE SET held = known.held + excluded.held;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO search_word AS known (kind, word, held)
        SELECT kind, word, sum(times) FROM (
            SELECT w.kind, w.word, 1 AS times FROM came AS r CROSS JOIN LATERAL search_words_of({columns}) AS w
            UNION ALL
            SELECT w.kind, w.word, -1 FROM gone AS r CROSS JOIN LATERAL search_words_of({columns}) AS w
        ) AS altered GROUP BY kind, word HAVING sum(times) <> 0 ORDER BY kind, word
        ON CONFLICT (kind, word) DO UPDATE SET held = known.held + excluded.held;
    ELSE
        INSERT INTO search_word AS known (kind, word, held)
        SELECT w.kind, w.word, -count(*) FROM gone AS r CROSS JOIN LATERAL search_words_of({columns}) AS w
        GROUP BY w.kind, w.word ORDER BY w.kind, w.word
        ON CONFLICT (kind, word) DO UPDATE SET held = known.held + excluded.held;
    END IF;
    DELETE FROM search_word WHERE held <= 0;
    RETURN NULL;
END $$
"""
FILL = """
INSERT INTO search_word (kind, word, held)
SELECT w.kind, w.word, count(*) FROM golden_search AS r CROSS JOIN LATERAL search_words_of('', '', r.postcodes) AS w
GROUP BY w.kind, w.word ORDER BY w.kind, w.word
"""


def upgrade() -> None:
    op.execute(AFTER)
    op.execute(KEPT.format(columns="r.names, r.addresses, r.postcodes"))
    op.execute("DROP FUNCTION search_words_of(text, text)")
    op.execute(FILL)


def downgrade() -> None:
    op.execute(BEFORE)
    op.execute(KEPT.format(columns="r.names, r.addresses"))
    op.execute("DROP FUNCTION search_words_of(text, text, text[])")
    op.execute("DELETE FROM search_word WHERE kind = 'p'")
