"""How Cantonese syllables are spelt in names: Hong Kong's usage, official and personal, and Macau's.

Hong Kong's government romanisation has no published standard; it follows Eitel and Meyer-Wempe without
marks, and people spell their own names as they like. So each Jyutping onset and rime has several
spellings with a rough share, from knowledge of the usage; the shares are ours, rounded, and no
person's name was counted to get them. Macau's follow Portuguese (Regulamento of 1985).
"""

from __future__ import annotations

from functools import cache

from lionrock.screening.names.characters import lines

Shares = dict[str, float]


@cache
def _shares(table: str) -> dict[str, Shares]:
    """Lines of "z: ch .7, ts .2"; "-" is no letter."""
    found: dict[str, Shares] = {}
    for line in lines(table):
        sound, _, rest = line.partition(":")
        pairs = (item.split() for item in rest.split(","))
        found[sound] = {p[0].replace("-", ""): float(p[1]) for p in pairs}
    return found


def split(syllable: str) -> tuple[str, str]:
    """Jyutping's onset and rime: `gwok` → gw, ok."""
    if syllable in ("m", "ng"):
        return "", syllable
    for onset in ("gw", "kw", "ng", *"bpmfdtnlgkhwzcsj"):
        if syllable.startswith(onset):
            return onset, syllable[len(onset) :]
    return "", syllable


@cache
def hong_kong(syllable: str) -> Shares:
    """The spellings of a Jyutping syllable in Hong Kong names, with their shares of 1."""
    whole = _shares("cantonese_syllables")
    if syllable in whole:
        return _normal(whole[syllable])
    return _spelt(syllable, _shares("cantonese_onsets"), _shares("cantonese_rimes"))


@cache
def macau(syllable: str) -> Shares:
    return _spelt(syllable, _shares("macau_onsets"), _shares("macau_rimes"))


def _spelt(syllable: str, onsets: dict[str, Shares], rimes: dict[str, Shares]) -> Shares:
    onset, rime = split(syllable)
    found: Shares = {}
    for first, share in onsets.get(onset, {onset: 1.0}).items():
        for last, part in rimes.get(rime, {rime: 1.0}).items():
            spelling = first + last
            if onset == "gw" and first == "ku" and last.startswith("u"):
                spelling = "k" + last
            found[spelling] = found.get(spelling, 0.0) + share * part
    return _normal(found)


def _normal(shares: Shares) -> Shares:
    whole = sum(shares.values())
    return {spelling: share / whole for spelling, share in shares.items()}
