"""The SQL of this room. Each runs inside a tenant session; $1 is always the tenant.

Names, titles, errors, texts and layouts are sealed: `records` opens what these bring.
"""

from __future__ import annotations

from typing import Final

COLLECTION: Final = "SELECT id FROM collections WHERE tenant_id = $1 AND name = $2"

VERSION_BY_HASH: Final = """
SELECT v.id, v.document_id, v.state, d.name FROM versions v
JOIN documents d ON (d.tenant_id, d.id) = (v.tenant_id, v.document_id)
WHERE v.tenant_id = $1 AND v.collection_id = $2 AND v.sha256 = $3
FOR KEY SHARE
"""

INSERT_DOCUMENT: Final = """
INSERT INTO documents (tenant_id, id, collection_id, name, added_by) VALUES ($1, $2, $3, $4, $5)
"""

INSERT_VERSION: Final = """
INSERT INTO versions (tenant_id, id, document_id, collection_id, sha256, bytes, name, effective_from,
                      effective_given)
VALUES ($1, $2, $3, $4, $5, $6, $7, coalesce($8, '-infinity'::date), $9)
ON CONFLICT (tenant_id, collection_id, sha256) DO NOTHING RETURNING id
"""

REQUEUE: Final = """
UPDATE versions SET state = 'queued', error = NULL, attempts = 0, leased_until = '-infinity'
WHERE tenant_id = $1 AND id = $2 AND state = 'failed'
"""

DELETE_DOCUMENT: Final = "DELETE FROM documents WHERE tenant_id = $1 AND id = $2 RETURNING id"

COLLECTION_OF: Final = "SELECT collection_id FROM documents WHERE tenant_id = $1 AND id = $2"

NAME: Final = "SELECT name FROM documents WHERE tenant_id = $1 AND id = $2"

OWN_NAME: Final = "SELECT name FROM versions WHERE tenant_id = $1 AND id = $2"

VERSIONS: Final = "SELECT id FROM versions WHERE tenant_id = $1 AND document_id = $2 ORDER BY id"

EXISTS: Final = "SELECT 1 FROM versions WHERE tenant_id = $1 AND id = $2 AND document_id = $3"

# The version shown is the one of `version_at()`, migration 0018.
LIST: Final = """
SELECT d.id, v.id AS version_id, d.name, v.title, c.name AS collection, v.media_type, v.language,
       v.bytes, v.sha256, v.state, v.error, v.done, v.total, d.created_at AS added_at,
       v.effective_from, v.effective_to, v.replaced_by, v.name AS own_name,
       (SELECT count(*) FROM versions o
        WHERE (o.tenant_id, o.document_id) = (d.tenant_id, d.id)) AS versions,
       (SELECT count(*) FROM pages p WHERE (p.tenant_id, p.version_id) = (v.tenant_id, v.id)) AS pages,
       ARRAY(SELECT p.number FROM pages p WHERE (p.tenant_id, p.version_id) = (v.tenant_id, v.id)
             AND p.unread ORDER BY p.number) AS unread,
       (SELECT count(*) FROM document_members m
        WHERE (m.tenant_id, m.version_id) = (v.tenant_id, v.id)) AS members,
       d.parent_id, came.path, came.version_id AS came_in, came.number AS came_as
FROM documents d
LEFT JOIN LATERAL (
    SELECT m.path, m.version_id, m.number FROM document_members m
    JOIN versions o ON (o.tenant_id, o.id) = (m.tenant_id, m.version_id)
    WHERE m.tenant_id = d.tenant_id AND m.document_id = d.id AND o.document_id = d.parent_id
    ORDER BY o.created_at DESC, m.number LIMIT 1
) came ON d.parent_id IS NOT NULL
JOIN LATERAL (
    SELECT w.* FROM versions w WHERE w.tenant_id = d.tenant_id AND w.document_id = d.id
    ORDER BY w.state <> 'failed' AND w.effective_from <= $4 AND $4 < w.effective_to DESC,
             w.state <> 'failed' DESC, w.effective_from DESC, w.created_at DESC, w.id LIMIT 1
) v ON true
JOIN collections c ON (c.tenant_id, c.id) = (d.tenant_id, d.collection_id)
WHERE d.tenant_id = $1 AND ($2::uuid IS NULL OR d.id = $2) AND d.collection_id = ANY($3)
ORDER BY d.created_at DESC, d.id
"""

PAGE: Final = """
SELECT v.document_id, v.id AS version_id, d.name AS document, p.number, p.width, p.height, p.text,
       p.recognised, p.turn, p.confidence, p.unread,
       v.effective_from, v.effective_to, v.replaced_by, v.name AS own_name,
       (SELECT count(*) FROM pages q WHERE (q.tenant_id, q.version_id) = (v.tenant_id, v.id)) AS pages
FROM pages p
JOIN versions v ON (v.tenant_id, v.id) = (p.tenant_id, p.version_id)
JOIN documents d ON (d.tenant_id, d.id) = (v.tenant_id, v.document_id)
WHERE p.tenant_id = $1 AND v.document_id = $2 AND p.number = $3 AND d.collection_id = ANY($4)
  AND v.id = coalesce($5::uuid, (SELECT version_at($2, $6)))
"""

TEXTS: Final = """
SELECT v.document_id, v.id AS version_id, d.name AS document, v.sha256, c.zero_retention, p.number,
       p.text, v.name AS own_name
FROM pages p
JOIN versions v ON (v.tenant_id, v.id) = (p.tenant_id, p.version_id)
JOIN documents d ON (d.tenant_id, d.id) = (v.tenant_id, v.document_id)
JOIN collections c ON (c.tenant_id, c.id) = (d.tenant_id, d.collection_id)
WHERE p.tenant_id = $1 AND v.document_id = $2 AND d.collection_id = ANY($3)
  AND v.id = coalesce($4::uuid, (SELECT version_at($2, $5)))
ORDER BY p.number
"""

LAYOUTS: Final = """
SELECT v.document_id, p.version_id, p.number, p.width, p.height, p.text, p.layout, p.turn, p.confidence
FROM pages p
JOIN versions v ON (v.tenant_id, v.id) = (p.tenant_id, p.version_id)
JOIN documents d ON (d.tenant_id, d.id) = (v.tenant_id, v.document_id)
WHERE p.tenant_id = $1 AND v.document_id = $2 AND p.number = ANY($3) AND d.collection_id = ANY($4)
  AND v.id = coalesce($5::uuid, (SELECT version_at($2, $6)))
ORDER BY p.number
"""

PAGE_FILE: Final = """
SELECT v.id, v.has_reading_copy, d.name, v.name AS own_name FROM versions v
JOIN documents d ON (d.tenant_id, d.id) = (v.tenant_id, v.document_id)
WHERE v.tenant_id = $1 AND v.document_id = $2
  AND v.id = coalesce($3::uuid, (SELECT version_at($2, $4)))
"""

READABLE_PAGE_FILE: Final = f"{PAGE_FILE} AND d.collection_id = ANY($5)"

PAGE_LAYOUT: Final = """
SELECT v.document_id, p.version_id, p.number, p.width, p.height, p.text, p.layout, p.turn FROM pages p
JOIN versions v ON (v.tenant_id, v.id) = (p.tenant_id, p.version_id)
WHERE p.tenant_id = $1 AND p.version_id = $2 AND p.number = $3
"""

TABLE_ROWS: Final = """
SELECT slices FROM passages
WHERE tenant_id = $1 AND version_id = coalesce($2::uuid, (SELECT version_at($3, $4)))
  AND kind = 'row' AND slices && $5::int[]
"""
"""$5: numbers of pages. A place in a text that is such a number brings passages of other pages too."""

PAGE_TURN: Final = """
SELECT turn FROM pages WHERE tenant_id = $1 AND version_id = $2 AND number = $3
"""

PASSAGE: Final = """
SELECT p.id, p.version_id, v.document_id, d.name AS document, p.ordinal, p.kind, p.number,
       p.heading, p.language, p.text, p.slices,
       v.effective_from, v.effective_to, v.replaced_by, v.name AS own_name
FROM passages p
JOIN versions v ON (v.tenant_id, v.id) = (p.tenant_id, p.version_id)
JOIN documents d ON (d.tenant_id, d.id) = (v.tenant_id, v.document_id)
WHERE p.tenant_id = $1
"""
"""What `Records.passage` reads; the rest of the condition follows."""

PASSAGES: Final = f"{PASSAGE} AND p.id = ANY($2) AND d.collection_id = ANY($3)"
PASSAGES_OF: Final = f"{PASSAGE} AND p.version_id = $2 ORDER BY p.ordinal"
READABLE_PASSAGES_OF: Final = f"""{PASSAGE}
  AND v.document_id = $3 AND v.id = coalesce($2::uuid, (SELECT version_at($3, $4)))
  AND d.collection_id = ANY($5) ORDER BY p.ordinal"""

WAITING: Final = """
SELECT state, count(*) FROM versions
WHERE tenant_id = $1 AND state IN ('queued', 'parsed', 'indexed') GROUP BY state
"""

# What a worker does with a version holds only as long as the version is its own: another one may have
# taken it over since (`leased_by` is the worker's id in each of these).

CLAIM: Final = """
UPDATE versions SET leased_until = now() + $2::int * interval '1 second', leased_by = $3,
       attempts = attempts + 1
WHERE (tenant_id, id) = (
    SELECT tenant_id, id FROM versions
    WHERE tenant_id = $1 AND state IN ('queued', 'parsed', 'indexed')
      AND (leased_until < now() OR leased_by <> ALL($4::uuid[]))
      AND EXISTS (SELECT FROM tenant_directory d WHERE d.tenant_id = $1 AND d.suspended_at IS NULL)
    ORDER BY turns, created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, document_id, collection_id, state, attempts
"""
"""$4: the workers that live. What belongs to none of them is free, whatever its lease says. The tenant may
have been suspended since the round began."""

RENEW: Final = """
UPDATE versions SET leased_until = now() + $3::int * interval '1 second', done = $4, total = $5
WHERE tenant_id = $1 AND id = $2 AND leased_by = $6
"""

HOLD: Final = """
UPDATE versions SET leased_until = now() + $3::int * interval '1 second'
WHERE tenant_id = $1 AND id = $2 AND leased_by = $4
"""

RELEASE: Final = """
UPDATE versions SET leased_until = '-infinity', attempts = $3, turns = turns + $5
WHERE tenant_id = $1 AND id = $2 AND leased_by = $4
"""

FAIL: Final = """
WITH failed AS (
    UPDATE versions SET state = 'failed', error = $3, leased_until = '-infinity'
    WHERE tenant_id = $1 AND id = $2 AND leased_by = $4 RETURNING id),
unread AS (DELETE FROM read_pages WHERE tenant_id = $1 AND version_id = (SELECT id FROM failed))
SELECT id FROM failed
"""

OTHERS_WAIT: Final = """
SELECT EXISTS (SELECT FROM versions
WHERE tenant_id = $1 AND state IN ('queued', 'parsed', 'indexed') AND id <> $2
  AND (leased_until < now() OR leased_by <> ALL($3::uuid[])))
"""

READ_TO: Final = """
UPDATE versions SET leased_until = now() + $3::int * interval '1 second', done = $4, total = $5,
       attempts = 1
WHERE tenant_id = $1 AND id = $2 AND leased_by = $6 AND state = 'queued'
"""
"""Pages were kept: who dies after this has got on, so its attempts are counted anew."""

INSERT_READ: Final = """
INSERT INTO read_pages (tenant_id, version_id, number, body) VALUES ($1, $2, $3, $4)
"""

READ_SO_FAR: Final = "SELECT count(*) FROM read_pages WHERE tenant_id = $1 AND version_id = $2"

READ: Final = """
SELECT number, body FROM read_pages
WHERE tenant_id = $1 AND version_id = $2 AND number > $3 ORDER BY number LIMIT $4
"""

DELETE_READ: Final = "DELETE FROM read_pages WHERE tenant_id = $1 AND version_id = $2"

PARSED: Final = """
UPDATE versions SET state = 'parsed', title = $3, media_type = $4, language = $5,
       has_reading_copy = $6, done = 0, total = $7, attempts = 0
WHERE tenant_id = $1 AND id = $2 AND state = 'queued' AND leased_by = $8
"""

INSERT_PAGE: Final = """
INSERT INTO pages (tenant_id, version_id, number, width, height, text, layout, recognised, turn,
                   confidence, unread)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""

INSERT_PASSAGE: Final = """
INSERT INTO passages (tenant_id, id, version_id, collection_id, ordinal, kind, number, heading,
                      language, text, slices)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""

INSERT_SENTENCE: Final = """
INSERT INTO sentences (tenant_id, passage_id, first, last, version_id, collection_id, chinese, lead)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""

ADVANCE: Final = """
UPDATE versions SET state = $3, attempts = 0 WHERE tenant_id = $1 AND id = $2 AND leased_by = $4
"""
