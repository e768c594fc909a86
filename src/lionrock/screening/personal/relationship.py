"""How long the records of a customer are kept: while they are one, and the class's months after.

Cap. 615, Schedule 2, section 20: throughout the business relationship and at least five years after it
ends. The day is the one on which the customer was ended here, unless a privacy officer set another.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

import asyncpg

from lionrock.kernel.privacy.keeping import AML_CLASS, shortest, until
from lionrock.kernel.privacy.sources import Kept

ROW: Final = """
SELECT c.active, c.changed_at, s.on_day FROM screening_customers c
LEFT JOIN retention_starts s ON (s.tenant_id, s.kind, s.target_id, s.starts)
    = (c.tenant_id, 'customer', c.id, 'relationship-end')
WHERE c.tenant_id = $1 AND c.id = $2
"""
LAW: Final = f"(Cap. 615, Schedule 2, section 20; class {AML_CLASS})"


async def relationship(db: asyncpg.Connection, tenant: UUID, customer: UUID) -> tuple[Kept, ...]:
    """What keeps a customer's records; nothing for one who is not there."""
    row = await db.fetchrow(ROW, tenant, customer)
    if row is None:
        return ()
    months = await shortest(db, tenant, AML_CLASS)
    if row["active"]:
        return (
            Kept(
                "They are a customer: records are kept throughout the relationship and "
                f"{months} months after it ends {LAW}. End the customer first."
            ),
        )
    ended = row["on_day"] or row["changed_at"]
    return until(
        f"Records of a customer are kept {months} months after the relationship ended {LAW}.",
        ended,
        months,
    )
