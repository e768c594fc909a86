"""The SQL of this room. Each runs inside a tenant session; $1 is always the tenant."""

from __future__ import annotations

from typing import Final

ENTRIES: Final = "SELECT id, body FROM glossary_entries WHERE tenant_id = $1 ORDER BY id"

ENTRY: Final = "SELECT id, body FROM glossary_entries WHERE tenant_id = $1 AND id = $2 FOR UPDATE"

INSERT: Final = """
INSERT INTO glossary_entries (tenant_id, id, body, changed_by) VALUES ($1, $2, $3, $4)
"""

UPDATE: Final = """
UPDATE glossary_entries SET body = $3, changed_by = $4, changed_at = now()
WHERE tenant_id = $1 AND id = $2
"""

DELETE: Final = "DELETE FROM glossary_entries WHERE tenant_id = $1 AND id = $2 RETURNING id"

VERSION: Final = "SELECT version FROM glossary_states WHERE tenant_id = $1"

MOVE: Final = """
INSERT INTO glossary_states (tenant_id, version) VALUES ($1, 1)
ON CONFLICT (tenant_id) DO UPDATE SET version = glossary_states.version + 1
"""

SOURCES: Final = """
SELECT d.id, d.collection_id, c.zero_retention FROM documents d
JOIN collections c ON (c.tenant_id, c.id) = (d.tenant_id, d.collection_id)
WHERE d.tenant_id = $1 AND d.id = ANY($2) AND d.collection_id = ANY($3)
"""

PASSAGES: Final = """
SELECT p.id, p.number, p.text, v.document_id FROM passages p
JOIN versions v ON (v.tenant_id, v.id) = (p.tenant_id, p.version_id)
WHERE p.tenant_id = $1 AND v.document_id = $2
  AND v.id = (SELECT id FROM versions WHERE tenant_id = $1 AND document_id = $2
              AND state IN ('parsed', 'indexed', 'ready') ORDER BY created_at DESC LIMIT 1)
ORDER BY p.ordinal
"""

CANDIDATES: Final = """
SELECT g.id, g.first_document, g.second_document, g.first_term, g.second_term, g.score, g.places,
       g.state
FROM glossary_candidates g
JOIN documents a ON (a.tenant_id, a.id) = (g.tenant_id, g.first_document)
JOIN documents b ON (b.tenant_id, b.id) = (g.tenant_id, g.second_document)
WHERE g.tenant_id = $1 AND a.collection_id = ANY($2) AND b.collection_id = ANY($2)
"""

WAITING: Final = (
    f"{CANDIDATES} AND g.state = 'waiting' ORDER BY g.score * ln(1 + g.places) DESC, g.id"
)

CHOSEN: Final = f"{CANDIDATES} AND g.id = ANY($3) ORDER BY g.id FOR UPDATE OF g"

OF_PAIR: Final = f"{CANDIDATES} AND g.first_document = $3 AND g.second_document = $4"

INSERT_CANDIDATE: Final = """
INSERT INTO glossary_candidates (tenant_id, id, first_document, second_document, first_term,
                                 second_term, score, places)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""

DECIDE: Final = """
UPDATE glossary_candidates SET state = $3, decided_by = $4, decided_at = now()
WHERE tenant_id = $1 AND id = ANY($2)
"""
