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
INSERT INTO versions (tenant_id, id, document_id, collection_id, sha256, bytes)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (tenant_id, collection_id, sha256) DO NOTHING RETURNING id
"""

REQUEUE: Final = """
UPDATE versions SET state = 'queued', error = NULL, attempts = 0, leased_until = '-infinity'
WHERE tenant_id = $1 AND id = $2 AND state = 'failed'
"""

DELETE_DOCUMENT: Final = "DELETE FROM documents WHERE tenant_id = $1 AND id = $2 RETURNING id"

COLLECTION_OF: Final = "SELECT collection_id FROM documents WHERE tenant_id = $1 AND id = $2"

NAME: Final = "SELECT name FROM documents WHERE tenant_id = $1 AND id = $2"

EXISTS: Final = "SELECT 1 FROM versions WHERE tenant_id = $1 AND id = $2 AND document_id = $3"

LIST: Final = """
SELECT d.id, v.id AS version_id, d.name, v.title, c.name AS collection, v.media_type, v.language,
       v.bytes, v.sha256, v.state, v.error, v.done, v.total, d.created_at AS added_at,
       (SELECT count(*) FROM pages p WHERE (p.tenant_id, p.version_id) = (v.tenant_id, v.id)) AS pages
FROM documents d
JOIN versions v ON (v.tenant_id, v.document_id) = (d.tenant_id, d.id)
JOIN collections c ON (c.tenant_id, c.id) = (d.tenant_id, d.collection_id)
WHERE d.tenant_id = $1 AND ($2::uuid IS NULL OR d.id = $2) AND d.collection_id = ANY($3)
ORDER BY d.created_at DESC, d.id
"""

PAGE: Final = """
SELECT v.document_id, v.id AS version_id, d.name AS document, p.number, p.width, p.height, p.text,
       (SELECT count(*) FROM pages q WHERE (q.tenant_id, q.version_id) = (v.tenant_id, v.id)) AS pages
FROM pages p
JOIN versions v ON (v.tenant_id, v.id) = (p.tenant_id, p.version_id)
JOIN documents d ON (d.tenant_id, d.id) = (v.tenant_id, v.document_id)
WHERE p.tenant_id = $1 AND v.document_id = $2 AND p.number = $3 AND d.collection_id = ANY($4)
"""

TEXTS: Final = """
SELECT v.document_id, v.id AS version_id, d.name AS document, v.sha256, c.zero_retention, p.number,
       p.text
FROM pages p
JOIN versions v ON (v.tenant_id, v.id) = (p.tenant_id, p.version_id)
JOIN documents d ON (d.tenant_id, d.id) = (v.tenant_id, v.document_id)
JOIN collections c ON (c.tenant_id, c.id) = (d.tenant_id, d.collection_id)
WHERE p.tenant_id = $1 AND v.document_id = $2 AND d.collection_id = ANY($3)
ORDER BY p.number
"""

LAYOUTS: Final = """
SELECT v.document_id, p.version_id, p.number, p.width, p.height, p.text, p.layout FROM pages p
JOIN versions v ON (v.tenant_id, v.id) = (p.tenant_id, p.version_id)
JOIN documents d ON (d.tenant_id, d.id) = (v.tenant_id, v.document_id)
WHERE p.tenant_id = $1 AND v.document_id = $2 AND p.number = ANY($3) AND d.collection_id = ANY($4)
ORDER BY p.number
"""

PAGE_FILE: Final = """
SELECT v.id, v.has_reading_copy, d.name FROM versions v
JOIN documents d ON (d.tenant_id, d.id) = (v.tenant_id, v.document_id)
WHERE v.tenant_id = $1 AND v.document_id = $2
"""

READABLE_PAGE_FILE: Final = f"{PAGE_FILE} AND d.collection_id = ANY($3)"

PAGE_LAYOUT: Final = """
SELECT v.document_id, p.version_id, p.number, p.width, p.height, p.text, p.layout FROM pages p
JOIN versions v ON (v.tenant_id, v.id) = (p.tenant_id, p.version_id)
WHERE p.tenant_id = $1 AND p.version_id = $2 AND p.number = $3
"""

PASSAGES: Final = """
SELECT p.id, p.version_id, v.document_id, d.name AS document, p.ordinal, p.kind, p.number,
       p.heading, p.language, p.text, p.slices
FROM passages p
JOIN versions v ON (v.tenant_id, v.id) = (p.tenant_id, p.version_id)
JOIN documents d ON (d.tenant_id, d.id) = (v.tenant_id, v.document_id)
WHERE p.tenant_id = $1 AND p.id = ANY($2) AND d.collection_id = ANY($3)
"""

WAITING: Final = """
SELECT state, count(*) FROM versions
WHERE tenant_id = $1 AND state IN ('queued', 'parsed', 'indexed') GROUP BY state
"""

CLAIM: Final = """
UPDATE versions SET leased_until = now() + $2::int * interval '1 second', leased_by = $3,
       attempts = attempts + 1
WHERE (tenant_id, id) = (
    SELECT tenant_id, id FROM versions
    WHERE tenant_id = $1 AND state IN ('queued', 'parsed', 'indexed') AND leased_until < now()
    ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, document_id, collection_id, state, attempts
"""

RENEW: Final = """
UPDATE versions SET leased_until = now() + $3::int * interval '1 second', done = $4, total = $5
WHERE tenant_id = $1 AND id = $2
"""

RELEASE_ALL: Final = """
UPDATE versions SET leased_until = '-infinity'
WHERE tenant_id = $1 AND state IN ('queued', 'parsed', 'indexed')
"""

RELEASE: Final = """
UPDATE versions SET leased_until = '-infinity', attempts = $3 WHERE tenant_id = $1 AND id = $2
"""

FAIL: Final = """
UPDATE versions SET state = 'failed', error = $3, leased_until = '-infinity'
WHERE tenant_id = $1 AND id = $2
"""

PARSED: Final = """
UPDATE versions SET state = 'parsed', title = $3, media_type = $4, language = $5,
       has_reading_copy = $6, done = 0, total = $7, attempts = 0
WHERE tenant_id = $1 AND id = $2 AND state = 'queued'
"""

INSERT_PAGE: Final = """
INSERT INTO pages (tenant_id, version_id, number, width, height, text, layout)
VALUES ($1, $2, $3, $4, $5, $6, $7)
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
UPDATE versions SET state = $3, attempts = 0 WHERE tenant_id = $1 AND id = $2
"""
