"""The SQL of this room. Each runs inside a tenant session; $1 is always the tenant."""

from __future__ import annotations

from typing import Final

_SAVED: Final = "SELECT id, member_id, purpose, body, created_at, seen_at FROM saved_searches"

OF_MEMBER: Final = f"{_SAVED} WHERE tenant_id = $1 AND member_id = $2 ORDER BY created_at, id"

ONE: Final = f"{_SAVED} WHERE tenant_id = $1 AND member_id = $2 AND id = $3"

EVERY: Final = f"{_SAVED} WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3"

COUNT: Final = "SELECT count(*) FROM saved_searches WHERE tenant_id = $1 AND member_id = $2"

LOCK_MEMBER: Final = "SELECT FROM members WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE"

INSERT: Final = """
INSERT INTO saved_searches (tenant_id, id, member_id, purpose, body) VALUES ($1, $2, $3, $4, $5)
RETURNING created_at, seen_at
"""

DELETE: Final = "DELETE FROM saved_searches WHERE tenant_id = $1 AND member_id = $2 AND id = $3"

# $3: the collections that who asks may search now.
NEW_COUNTS: Final = """
SELECT m.search_id, count(*) AS new FROM saved_search_matches m
JOIN saved_searches s ON (s.tenant_id, s.id) = (m.tenant_id, m.search_id)
JOIN passages p ON (p.tenant_id, p.id) = (m.tenant_id, m.passage_id)
WHERE m.tenant_id = $1 AND s.member_id = $2 AND p.collection_id = ANY($3) GROUP BY m.search_id
"""

NEW: Final = """
SELECT passage_id, found_at FROM saved_search_matches m
JOIN passages p ON (p.tenant_id, p.id) = (m.tenant_id, m.passage_id)
WHERE m.tenant_id = $1 AND m.search_id = $2 AND p.collection_id = ANY($3)
ORDER BY found_at DESC, version_id, ordinal
"""

# Only what the member was shown: not what came in the meantime, nor what is closed to them now.
SEE: Final = """
DELETE FROM saved_search_matches m USING passages p
WHERE m.tenant_id = $1 AND m.search_id = $2 AND m.found_at <= $4
  AND (p.tenant_id, p.id) = (m.tenant_id, m.passage_id) AND p.collection_id = ANY($3)
"""

SEEN: Final = "UPDATE saved_searches SET seen_at = $3 WHERE tenant_id = $1 AND id = $2"

CLAIM: Final = """
UPDATE saved_search_jobs SET attempts = attempts + 1,
       leased_until = now() + $3::int * interval '1 second'
WHERE tenant_id = $1 AND version_id IN (
    SELECT version_id FROM saved_search_jobs WHERE tenant_id = $1 AND leased_until < now()
    ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING version_id, attempts
"""

DONE: Final = "DELETE FROM saved_search_jobs WHERE tenant_id = $1 AND version_id = ANY($2)"

FREE: Final = """
UPDATE saved_search_jobs SET leased_until = '-infinity', attempts = attempts - 1
WHERE tenant_id = $1 AND version_id = ANY($2)
"""

# The search or a passage may have gone since it was looked up.
KEEP: Final = """
WITH search AS (
    SELECT id FROM saved_searches WHERE tenant_id = $1 AND id = $2 FOR KEY SHARE
), there AS (
    SELECT id FROM passages WHERE tenant_id = $1 AND id = ANY($3) FOR KEY SHARE
)
INSERT INTO saved_search_matches (tenant_id, search_id, passage_id)
SELECT $1, search.id, there.id FROM search, there ON CONFLICT DO NOTHING RETURNING passage_id
"""

TRIM: Final = """
DELETE FROM saved_search_matches WHERE tenant_id = $1 AND search_id = $2 AND passage_id IN (
    SELECT passage_id FROM saved_search_matches WHERE tenant_id = $1 AND search_id = $2
    ORDER BY found_at DESC, passage_id OFFSET $3)
"""
