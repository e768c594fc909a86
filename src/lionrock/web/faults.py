"""What a form sent, kept as it was typed, and what is wrong with it, to be said beside each field.

A page that takes a form reads its fields here, and where there are faults shows the form again with
`values` and `faults`: nothing that was typed is lost. `admin/parts.html` has the fields.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from starlette.datastructures import FormData

from lionrock.web.i18n import Translator


@dataclass(slots=True)
class Filled:
    """`values` and `faults` by the field's name; `faults` in the reader's language, in order."""

    values: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, sent: FormData) -> Filled:
        """Of fields that were sent twice the last; files are left out."""
        texts = {k: v.replace("\r\n", "\n") for k, v in sent.items() if isinstance(v, str)}
        return cls(texts)

    def text(self, name: str) -> str:
        """On one line, without blanks around it; empty where nothing was sent."""
        return " ".join(self.values.get(name, "").split())

    def lines(self, name: str) -> Iterator[tuple[int, str]]:
        """The lines that hold something, each with its number from 1."""
        for number, line in enumerate(self.values.get(name, "").split("\n"), 1):
            if plain := " ".join(line.split()):
                yield number, plain

    def ticked(self, name: str) -> bool:
        return name in self.values

    def wrong(self, name: str, fault: str) -> None:
        """The first fault of a field counts."""
        self.faults.setdefault(name, fault)

    def whole(self, name: str, speak: Translator, least: int, most: int) -> int | None:
        """A whole number from `least` to `most`; None for an empty field, and for a fault."""
        given = self.text(name)
        if not given:
            return None
        if given.isdecimal() and least <= int(given[:12]) <= most:
            return int(given)
        bounds = {"least": speak.number(least), "most": speak.number(most)}
        self.wrong(
            name, speak.gettext("Write a whole number from %(least)s to %(most)s.", **bounds)
        )
        return None

    def share(self, name: str, speak: Translator) -> float | None:
        """A number between 0 and 1, neither of them; None for an empty field, and for a fault."""
        given = self.text(name)
        if not given:
            return None
        try:
            value = float(given)
        except ValueError:
            value = math.nan
        if 0 < value < 1:
            return value
        self.wrong(name, speak.gettext("Write a number between 0 and 1, as 0.62."))
        return None

    def at_most(self, name: str, speak: Translator, most: int) -> str:
        """`text`, with a fault where it is longer than `most` characters."""
        given = self.text(name)
        if len(given) > most:
            fault = speak.gettext("at most %(most)s characters", most=speak.number(most))
            self.wrong(name, fault)
        return given
