"""A certificate of erasure checked against an export of the audit log: offline, from files alone."""

from __future__ import annotations

from uuid import UUID

from lionrock.kernel.audit.archive import Source
from lionrock.kernel.audit.leaves import Leaf, decode
from lionrock.kernel.audit.manifest import Listed
from lionrock.kernel.audit.merkle import WIDTH
from lionrock.kernel.audit.tiles import Tile, decode_entries
from lionrock.kernel.audit.verify import Report, Trust, verify
from lionrock.kernel.privacy import certificates
from lionrock.kernel.privacy.certificates import Checked


def check(certificate: bytes, export: Source, trust: Trust) -> tuple[Checked, Report]:
    """Verify the export whole, then the certificate against its leaves. `NotVerified` otherwise."""
    report = verify(export, trust)
    files = Listed(export)

    def leaf_of(event: UUID) -> tuple[int, Leaf] | None:
        for index in range(report.first // WIDTH, -(-report.size // WIDTH)):
            width = min(WIDTH, report.size - index * WIDTH)
            bundle = decode_entries(files.read(Tile(None, index, width).path), width)
            for place, entry in enumerate(bundle, index * WIDTH):
                leaf = decode(entry)
                if leaf.id == event:
                    return place, leaf
        return None

    return certificates.verify(certificate, leaf_of), report
