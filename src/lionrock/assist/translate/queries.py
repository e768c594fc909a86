"""The SQL of kept translations. Each runs inside a tenant session; $1 is always the tenant."""

from __future__ import annotations

from typing import Final

_KEPT: Final = """
SELECT t.id, t.document_id, t.source_language, t.into_language, t.body, r.key_period
FROM translations t JOIN runs r ON (r.tenant_id, r.id) = (t.tenant_id, t.id)
WHERE t.tenant_id = $1
"""

# $3: whose own it is.
ONE: Final = f"{_KEPT} AND t.id = $2 AND t.member_id = $3"

EVERY: Final = """
SELECT * FROM (
    SELECT t.*, r.key_period FROM translations t
    JOIN runs r ON (r.tenant_id, r.id) = (t.tenant_id, t.id)
) kept WHERE tenant_id = $1
"""

KEY_PERIOD: Final = "SELECT key_period FROM runs WHERE tenant_id = $1 AND id = $2"

INSERT: Final = """
INSERT INTO translations (tenant_id, id, member_id, document_id, source_language, into_language, body)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""

INSERT_SEGMENT: Final = """
INSERT INTO translation_segments (tenant_id, translation_id, number, body) VALUES ($1, $2, $3, $4)
"""

SEGMENTS: Final = """
SELECT number, body FROM translation_segments WHERE tenant_id = $1 AND translation_id = $2
ORDER BY number OFFSET $3 LIMIT $4
"""

SEGMENT: Final = """
SELECT number, body FROM translation_segments
WHERE tenant_id = $1 AND translation_id = $2 AND number = $3 FOR UPDATE
"""

PUT: Final = """
UPDATE translation_segments SET body = $4, accepted = $5, failed = $6
WHERE tenant_id = $1 AND translation_id = $2 AND number = $3
"""

CHANGED: Final = """
UPDATE translation_segments SET changed_by = $4, changed_at = now()
WHERE tenant_id = $1 AND translation_id = $2 AND number = $3
"""

COUNTS: Final = """
SELECT count(*) AS total, count(*) FILTER (WHERE accepted) AS accepted,
       count(*) FILTER (WHERE failed) AS failed
FROM translation_segments WHERE tenant_id = $1 AND translation_id = $2
"""

DELETE: Final = "DELETE FROM translations WHERE tenant_id = $1 AND id = $2"
