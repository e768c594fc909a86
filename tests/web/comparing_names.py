"""What the pages of a comparison call by name."""

from __future__ import annotations

from collections.abc import Iterator

from lionrock.assist.comparing.schemas import Verdict
from lionrock.web.i18n import Key


def by_name() -> Iterator[Key]:
    yield from (("verdict", str(verdict)) for verdict in Verdict)
