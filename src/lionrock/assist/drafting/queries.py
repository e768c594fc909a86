"""The SQL of a tenant's templates. $1 is the tenant."""

from __future__ import annotations

from typing import Final

LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('draft_templates ' || $1::text, 0))"
"""One addition to a tenant's templates at a time: their names are sealed, no constraint sees them."""

NEWEST: Final = """
SELECT DISTINCT ON (v.template_id) v.id, v.template_id, v.version, v.body, v.added_at, t.retired_at
FROM draft_template_versions v JOIN draft_templates t ON (t.tenant_id, t.id) = (v.tenant_id, v.template_id)
WHERE v.tenant_id = $1 ORDER BY v.template_id, v.version DESC
"""
VERSIONS: Final = """
SELECT v.id, v.template_id, v.version, v.body, v.added_at, t.retired_at
FROM draft_template_versions v JOIN draft_templates t ON (t.tenant_id, t.id) = (v.tenant_id, v.template_id)
WHERE v.tenant_id = $1 AND v.template_id = $2 ORDER BY v.version DESC
"""
EVERY: Final = """
SELECT id, body, added_at FROM draft_template_versions WHERE tenant_id = $1
"""
ERASE: Final = "DELETE FROM draft_template_versions WHERE tenant_id = $1 AND id = $2"
ADD: Final = "INSERT INTO draft_templates (tenant_id, id) VALUES ($1, $2)"
ADD_VERSION: Final = """
INSERT INTO draft_template_versions (tenant_id, id, template_id, version, body, added_by)
VALUES ($1, $2, $3, $4, $5, $6) RETURNING added_at
"""
RETIRE: Final = "UPDATE draft_templates SET retired_at = now() WHERE tenant_id = $1 AND id = $2"
REVIVE: Final = "UPDATE draft_templates SET retired_at = NULL WHERE tenant_id = $1 AND id = $2"
