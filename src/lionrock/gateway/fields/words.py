"""What a request says, gathered while it is checked: for guards and for estimates of tokens."""

from __future__ import annotations

from collections.abc import Callable

from lionrock.errors import PersonalDataRefused
from lionrock.gateway.fields.kinds import Json
from lionrock.gateway.fields.reading import write

Mask = Callable[[str], str]
"""Takes a text that the model would see; returns what it sees instead, or raises to refuse it."""


class Words:
    """`texts`: every text the model will see, as it will see it, in order."""

    def __init__(self, mask: Mask | None = None) -> None:
        self.texts: list[str] = []
        self.images = 0
        self._mask = mask

    def said(self, text: str) -> str:
        """Note a text; what is returned goes upstream in its place."""
        if self._mask is not None:
            text = self._mask(text)
        self.texts.append(text)
        return text

    def structure(self, schema: Json) -> None:
        """Note a schema. It is never rewritten: one in which the mask finds something is refused."""
        text = write(schema).decode()
        if self._mask is not None and self._mask(text) != text:
            raise PersonalDataRefused(
                "Not sent: a schema of the request holds what may be personal data, and schemas are not "
                "masked. Take it out, or use a model inside."
            )
        self.texts.append(text)
