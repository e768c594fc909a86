"""The SQL of the memory. Each runs inside a tenant session; $1 is always the tenant."""

from __future__ import annotations

from typing import Final

_UNITS: Final = """
SELECT id, source_language, into_language, body, document_id, accepted_by, accepted_at
FROM memory_units WHERE tenant_id = $1
"""
# $2: the collections whose documents the actor may read.
_READABLE: Final = """
AND (document_id IS NULL OR document_id IN
     (SELECT id FROM documents WHERE tenant_id = $1 AND collection_id = ANY($2)))
"""

READABLE: Final = f"{_UNITS} {_READABLE} ORDER BY accepted_at, id"

BETWEEN: Final = f"""
{_UNITS} {_READABLE} AND ((source_language = ANY($3) AND into_language = ANY($4))
                          OR (source_language = ANY($4) AND into_language = ANY($3)))
ORDER BY accepted_at, id
"""

ONE: Final = f"{_UNITS} {_READABLE} AND id = $3 FOR UPDATE"

EVERY: Final = _UNITS

COUNT: Final = "SELECT count(*) FROM memory_units WHERE tenant_id = $1"

LOCK: Final = "SELECT FROM tenants WHERE id = $1 FOR NO KEY UPDATE"

INSERT: Final = """
INSERT INTO memory_units (tenant_id, id, source_language, into_language, fingerprint, body,
                          document_id, accepted_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""

KNOWN: Final = """
SELECT fingerprint FROM memory_units
WHERE tenant_id = $1 AND fingerprint = ANY($2) AND document_id IS NOT DISTINCT FROM $3
"""

# What the same document, or the tenant, held for these words before.
REPLACE: Final = """
DELETE FROM memory_units WHERE tenant_id = $1 AND fingerprint = $2
  AND document_id IS NOT DISTINCT FROM $3
"""

DELETE: Final = "DELETE FROM memory_units WHERE tenant_id = $1 AND id = $2"
