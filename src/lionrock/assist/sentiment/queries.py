"""The SQL of classifiers. Each runs inside a tenant session; $1 is always the tenant."""

from __future__ import annotations

from typing import Final

_COLUMNS: Final = "id, body, encode(sha256, 'hex') AS sha256, in_use, trained_at, retired_at"

EVERY: Final = (
    f"SELECT {_COLUMNS} FROM classifiers WHERE tenant_id = $1 ORDER BY trained_at DESC, id"
)

COUNT: Final = "SELECT count(*) FROM classifiers WHERE tenant_id = $1 AND retired_at IS NULL"

LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('classifiers ' || $1::uuid::text, 0))"

INSERT: Final = f"""
INSERT INTO classifiers (tenant_id, id, body, weights, sha256, trained_by)
VALUES ($1, $2, $3, $4, $5, $6) RETURNING {_COLUMNS}
"""

WEIGHTS: Final = "SELECT weights, sha256 FROM classifiers WHERE tenant_id = $1 AND id = $2"

USE_NONE: Final = "UPDATE classifiers SET in_use = false WHERE tenant_id = $1 AND in_use"

USE: Final = f"""
UPDATE classifiers SET in_use = true WHERE tenant_id = $1 AND id = $2 RETURNING {_COLUMNS}
"""

RETIRE: Final = f"""
UPDATE classifiers SET weights = NULL, in_use = false, retired_at = now()
WHERE tenant_id = $1 AND id = $2 RETURNING {_COLUMNS}
"""
