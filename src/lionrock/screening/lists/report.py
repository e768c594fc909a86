"""What an importer has to say besides entities: what it left out, and what the user should know."""

from __future__ import annotations

from dataclasses import dataclass, field

_MOST = 1000


@dataclass(slots=True)
class Report:
    skipped: list[str] = field(default_factory=list)
    """"<where>: <why>" for each entry that is no entity; the first thousand."""
    skipped_count: int = 0
    notices: list[str] = field(default_factory=list)
    """Each once: what could not be checked, what was not read."""

    def skip(self, where: str, why: str) -> None:
        self.skipped_count += 1
        if len(self.skipped) < _MOST:
            self.skipped.append(f"{where}: {why}")

    def notice(self, text: str) -> None:
        if text not in self.notices and len(self.notices) < _MOST:
            self.notices.append(text)

    def clear(self) -> None:
        self.skipped.clear()
        self.notices.clear()
        self.skipped_count = 0
