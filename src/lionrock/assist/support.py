"""Does a sentence stand on the quotes it cites? Each check is one function that names what failed.

A model's own word on this is not asked: a small one says yes to everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain

from lionrock.assist.figures import unsupported
from lionrock.documents.language import HAN, detect, script_counts, to_simplified
from lionrock.search.tokens import terms

LEAST_SIMILARITY = 0.80
"""Cosine of sentence and quote by multilingual-e5-small, below which it speaks of something else."""
LEAST_SHARED_TERMS = 0.7
_FUNCTION_CHARACTERS = frozenset(
    "的是在須须應应為为及或和與与並并可會会將将由其該该此這这那有之以於于至到從从對对就所而但若如即且"
    "者也都只能要需必已被把向給给了着著過过得不沒没未無无非個个項项名位上下內内外中後后前時时間间"
    "嘅咗喺係唔冇佢哋啲嚟畀俾同埋"
)
"""Characters of grammar, which a sentence may add to its quote."""

_NEGATION_EN = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|cannot|prohibit\w*|forbid\w*|forbidden|except|unless|exempt\w*|"
    r"unable|refus\w*|declin\w*|fail\w*|free|waive\w*)\b|n't\b",
    re.IGNORECASE,
)
_NEGATION_ZH = re.compile("不|沒|没|未|無|无|非|勿|免|禁|拒|除外|除非|豁免|唔|冇")
_NAME = re.compile(r"\b[A-Z][A-Za-z&-]*[A-Z][A-Za-z&-]*\b|\b[A-Z][a-z]{2,}(?:\s+[A-Z][a-z]{2,})+\b")


def figures_hold(sentence: str, sources: str, question: str) -> bool:
    """Every figure and date is in the quotes (or was said by the asker), with its unit."""
    return not unsupported(sentence, f"{sources}\n{question}")


def negation_holds(sentence: str, sources: str, question: str) -> bool:
    """A sentence that denies needs a quote that denies; one that affirms must not rest on a denial alone."""
    said, quoted = _negations(sentence), _negations(sources)
    if said and not quoted:
        return False
    return (
        bool(said) or not quoted or len(HAN.findall(sources)) + len(sources.split()) > 12 * quoted
    )


def names_hold(sentence: str, sources: str, question: str) -> bool:
    """Acronyms and capitalised names of the sentence stand in the quotes or the question."""
    ground = f"{sources} {question}".casefold()
    return all(name.casefold() in ground for name in _NAME.findall(sentence))


def words_hold(sentence: str, sources: str, question: str) -> bool:
    """In the quotes' own language the sentence says it with their words, or the asker's.

    Chinese: no character that neither has, but for those of grammar (a small model writes 容差 for
    面容, and no figure gives that away). English: seven terms in ten.
    """
    english = detect(sentence) == "en"
    if english != (detect(sources) == "en"):
        return True
    if not english:
        ground_characters = set(to_simplified(sources + question)) | _FUNCTION_CHARACTERS
        said = HAN.findall(to_simplified(sentence))
        return all(character in ground_characters for character in said)
    own = terms(sentence)
    ground = set(chain(terms(sources), terms(question)))
    return not own or sum(t in ground for t in own) / len(own) >= LEAST_SHARED_TERMS


def not_an_echo(sentence: str, sources: str, question: str) -> bool:
    """The question said again is no answer."""
    return _bare(sentence) not in _bare(question)


CHECKS: tuple[Callable[[str, str, str], bool], ...] = (
    figures_hold, negation_holds, names_hold, words_hold, not_an_echo,
)  # fmt: skip


def failures(sentence: str, sources: str, question: str) -> list[str]:
    """Names of the checks that `sentence` fails against the quotes `sources`."""
    return [c.__name__ for c in CHECKS if not c(sentence, sources, question)]


def script_holds(sentence: str, language: str) -> bool:
    """Is the sentence in the language and script asked for? Latin names inside Chinese are fine."""
    if language == "en":
        return detect(sentence) == "en"
    if not HAN.search(sentence) or detect(sentence) == "en":
        return False
    hant, hans = script_counts(sentence)
    return hant == 0 if language == "zh-Hans" else hans == 0


def _negations(text: str) -> int:
    return len(_NEGATION_EN.findall(text)) + len(_NEGATION_ZH.findall(text))


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", to_simplified(text)).casefold()
