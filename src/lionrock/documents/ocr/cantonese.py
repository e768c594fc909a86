"""Cantonese characters that the reader does not know, or takes for others: 喺 for 喉, 佢 for 但.

The reader decides from 120 features of what it sees. They tell these characters apart well enough;
only its list of characters does not hold them, or it hardly ever met them. So a small network,
trained on the same features of printed Cantonese (scripts/train_cantonese_characters.py), decides
a second time. It is believed only where the text is Cantonese by its own words, and each of its
corrections is noted with what was read first.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

import numpy as np

from lionrock.documents.language import HAN
from lionrock.documents.ocr.detection import Floats
from lionrock.documents.ocr.lines import Line

TARGETS = (
    "嘅咗喺啲哋嚟冇唔嗰咁乜嘢佢噉喎啩㗎咩揾搵攞瞓睇啱嘥諗畀俾嘞囉吖啫攰孭嗱喐揼餸乸叻孻嬲黐噏搲掹唞惗噃嘈嚿郁嘛呢"
    "囖嚹誒吔撳冧屘嫲閂噚揦揗抌癐踎燶奀躝喼擸樖烚揈摷埲踭劏掗裇梘詏啝唓"
)
"""What the network knows; its class 0 is every other character."""

_IN_WRITTEN = frozenset("呢嘛郁畀俾囉嘈誒揸叻嬲撳烚劏梘裇踎閂噏黐乜孭喐摷揦掗燶埲樖冧奀戥孻抌")
"""Of these, what written Chinese or a name may hold: they do not make a text Cantonese."""

_MARK = 0.9
_ON_ITS_PAGE, _IN_ITS_LINE = 0.5, 0.8  # the least probability of a correction


class Cantonese:
    """The second decision. Its weights come with this package."""

    def __init__(self) -> None:
        with (
            files(__package__).joinpath("cantonese.npz").open("rb") as file,
            np.load(file) as kept,
        ):
            self._characters = str(kept["characters"])
            self._layers = [kept[name].astype(np.float32) for name in ("w1", "b1", "w2", "b2")]

    def correct(self, lines: Sequence[Line]) -> None:
        """Put Cantonese characters where they were printed.

        A page is Cantonese when one in fifty of its Chinese characters, and three at least, are
        characters that written Chinese has no use for; a line on another page, when two are.
        """
        seen = [self._second(line) for line in lines]
        han = sum(len(HAN.findall("".join(line.text))) for line in lines)
        marks = [sum(self._marks(c, p) for c, p in found) for found in seen]
        many = sum(marks)
        whole = (many >= 3 and many * 50 >= han) or (many >= 1 and many * 12 >= han)
        for line, found, own in zip(lines, seen, marks, strict=True):
            if whole or own >= 2:
                self._apply(line, found, _ON_ITS_PAGE if whole else _IN_ITS_LINE)

    def _second(self, line: Line) -> list[tuple[str, float]]:
        """For each character the likeliest of the network's, or nothing, and its probability."""
        features = np.stack([letter.features for letter in line.letters])
        chances = self.chances(features)
        best = chances.argmax(axis=1)
        names = ["", *self._characters]
        return [(names[k], float(chances[i, k])) for i, k in enumerate(best)]

    def chances(self, features: Floats) -> Floats:
        """The probability of each class for each row of features."""
        w1, b1, w2, b2 = self._layers
        scores = np.maximum(features @ w1 + b1, 0) @ w2 + b2
        scores -= scores.max(axis=1, keepdims=True)
        chances: Floats = np.exp(scores)
        chances /= chances.sum(axis=1, keepdims=True)
        return chances

    @staticmethod
    def _marks(character: str, chance: float) -> bool:
        return bool(character) and chance >= _MARK and character not in _IN_WRITTEN

    @staticmethod
    def _apply(line: Line, found: Sequence[tuple[str, float]], least: float) -> None:
        for i, (character, chance) in enumerate(found):
            if character and chance >= least and line.text[i] != character:
                line.corrected(i, character, chance)
