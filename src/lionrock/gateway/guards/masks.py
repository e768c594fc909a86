"""One request's masks: personal data taken out of what is sent, and put back into what comes back.

A mask is `[HKID-1]`: the kind's word and a number counted from 1 within the request. The same characters
have the same mask. What a client itself wrote in a mask's form is masked too, as `[TEXT-1]`, so that
every mask an engine sees is the gateway's own. A mask begins with the only `[` and ends with the only `]`
in it: it cannot be made of a part of another and what stands beside it, so restoring undoes masking
exactly. A mask that the engine changed, or made up, is none of the request's and stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from lionrock.errors import PersonalDataRefused
from lionrock.gateway.guards.finding import every, joined
from lionrock.gateway.guards.kinds import DESCRIBED, LABELS, Finding, Kind
from lionrock.gateway.guards.policy import Action, Policy
from lionrock.gateway.guards.streams import Restorer

_TEXT: Final = "TEXT"
"""The word of masks for what was written in a mask's form."""
MASK: Final = re.compile(rf"\[(?:{'|'.join([*LABELS.values(), _TEXT])})-[1-9][0-9]{{0,8}}+\]")
_MOST_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a request and where it stands there, in the field's words: "messages[2].content"."""

    place: str
    text: str


class Masks:
    """The masks of one request. Not kept, not logged: it holds what was taken out."""

    def __init__(self, policy: Policy) -> None:
        self._mask = policy.kinds(Action.MASK)
        self._refuse = policy.kinds(Action.REFUSE)
        self._by_value: dict[tuple[str, str], str] = {}
        self._by_mask: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def __repr__(self) -> str:
        return f"Masks({self.counts()})"

    def __bool__(self) -> bool:
        """Whether anything was masked: if not, the answer needs no restoring."""
        return bool(self._by_mask)

    def counts(self) -> dict[str, int]:
        """How many values of each kind's word were masked: for metering, without content."""
        return dict(self._counts)

    def mask(self, texts: Iterable[Text]) -> list[str]:
        """The texts with masks. May be called again for more texts of the same request.

        `PersonalDataRefused` if a kind to refuse stands in any of them; it names kinds and places of the
        first five, never a value. Nothing is masked then.
        """
        looked = [(text, every(text.text, self._mask | self._refuse)) for text in texts]
        self._refused(looked)
        return [self._masked(text.text, joined(found)) for text, found in looked]

    def restore(self, text: str) -> str:
        """`text` with each mask of this request replaced by what it stands for. It may be JSON: no value
        holds a character that JSON would escape."""
        if not self._by_mask or "[" not in text:
            return text
        return MASK.sub(lambda mask: self._by_mask.get(mask[0], mask[0]), text)

    def stream(self) -> Restorer:
        """Restores one text that comes in pieces: one for each choice and field of a streamed answer."""
        return Restorer(self._by_mask)

    def _refused(self, looked: Sequence[tuple[Text, list[Finding]]]) -> None:
        found = [(text.place, f) for text, its in looked for f in its if f.kind in self._refuse]
        if not found:
            return
        named = "; ".join(_told(place, finding) for place, finding in found[:_MOST_NAMED])
        more = f"; and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
        raise PersonalDataRefused(
            f"Not sent: the tenant's policy keeps this from engines outside the institution: {named}{more}. "
            "Take it out, or use a model inside."
        )

    def _masked(self, text: str, found: Sequence[Finding]) -> str:
        if not self._mask:
            return text
        parts: list[str] = []
        at = 0
        for start, end, word in _spans(text, found):
            parts += [text[at:start], self._mask_of(word, text[start:end])]
            at = end
        return "".join([*parts, text[at:]])

    def _mask_of(self, word: str, value: str) -> str:
        known = self._by_value.get((word, value))
        if known:
            return known
        self._counts[word] = number = self._counts.get(word, 0) + 1
        mask = f"[{word}-{number}]"
        self._by_value[word, value] = mask
        self._by_mask[mask] = value
        return mask


def _spans(text: str, found: Sequence[Finding]) -> list[tuple[int, int, str]]:
    """What to mask: what is in a mask's form first; findings less what those cover."""
    literal = [(*m.span(), _TEXT) for m in MASK.finditer(text)] if "[" in text else []
    spans = list(literal)
    at = 0
    for finding in found:
        start = finding.start
        while at < len(literal) and literal[at][1] <= start:
            at += 1
        here = at
        while here < len(literal) and literal[here][0] < finding.end:
            if start < literal[here][0]:
                spans.append((start, literal[here][0], LABELS[finding.kind]))
            start = literal[here][1]
            here += 1
        if start < finding.end:
            spans.append((start, finding.end, LABELS[finding.kind]))
    return sorted(spans)


def _told(place: str, finding: Finding) -> str:
    what = DESCRIBED[Kind(finding.kind)]
    return f"{place}, characters {finding.start} to {finding.end}: {what} ({finding.kind})"
