"""What screening prints: each hit with both names, and its evidence in words, in columns."""

from __future__ import annotations

import textwrap
import unicodedata
from typing import Any

from lionrock.cli.output import say

_WIDTH = 100
_ROWS = 6
"""Pieces of evidence shown a hit; --json has all."""


def say_name(found: dict[str, Any], most: int) -> None:
    """One name that was screened, its hits best first."""
    lists = ", ".join(dict.fromkeys(one["name"] for one in found["lists"]))
    if not found["hits"]:
        say(f"{found['name']}: no hit ({lists})\n")
        return
    hits = "1 hit" if found["found"] == 1 else f"{found['found']} hits"
    more = f", the best {most} shown" if found["found"] > len(found["hits"]) else ""
    say(f"{found['name']}: {hits}{more} ({lists})")
    for hit in found["hits"]:
        _say_hit(hit)
    say("")


def _say_hit(hit: dict[str, Any]) -> None:
    also = "" if hit["caption"] == hit["listed_name"] else f" (listed as {hit['caption']})"
    where = f"{hit['list']['name']} {hit['entry']['id']}"
    say(f"  {score(hit['score'])}  {hit['query_name']} ↔ {hit['listed_name']}{also}  [{where}]")
    say_evidence(hit["evidence"])


def say_evidence(evidence: list[dict[str, Any]]) -> None:
    """The weightiest first: bits for or against, and the sentence."""
    for one in evidence[:_ROWS]:
        _say_wrapped(f"    {one['weight']:+6.1f}  ", one["words"])
    if len(evidence) > _ROWS:
        rest = sum(one["weight"] for one in evidence[_ROWS:])
        say(f"    {rest:+6.1f}  in {len(evidence) - _ROWS} more (--json shows all)")


def say_document(found: dict[str, Any], most: int) -> None:
    """Names with hits, each with its places; how many there are without."""
    lists = ", ".join(dict.fromkeys(one["name"] for one in found["lists"]))
    for name in (each for each in found["names"] if each["hits"]):
        say(" ".join(name["names"]))
        for place in name["places"]:
            say(f"  p. {place['page']}  … {place['before']}[{place['text']}]{place['after']} …")
        for hit in name["hits"][:most]:
            _say_hit(hit)
        say("")
    hits, names, pages = found["found"], len(found["names"]), found["pages"]
    say(f"→ {found['document']}: {names} names on {pages} pages, {hits} with a hit ({lists})")


def say_payments(found: dict[str, Any]) -> None:
    """Each payment of a message: its decision, then the reasons."""
    for payment in found["payments"]:
        name = payment["reference"] or payment["uetr"]
        say(f"{payment['decision'].upper()}  payment {payment['number']}  {name}")
        for reason in payment["reasons"]:
            _say_reason(reason)
    say(f"→ {found['decision']}")


def _say_reason(reason: dict[str, Any]) -> None:
    if reason["rule"] != "name":
        say(f"  {reason['rule']}: {reason['what']} {reason['written']}".rstrip())
        return
    on = f"  [{reason['list']['name']} {reason['entry']}]" if reason["list"] else ""
    names = f"{reason['written']} ↔ {reason['listed_name']}"
    say(f"  {score(reason['score'])}  {reason['what']}: {names}{on}")
    for words in reason["evidence"][:_ROWS]:
        _say_wrapped("          ", words)


def _say_wrapped(begin: str, words: str) -> None:
    lines = textwrap.wrap(words, _WIDTH - len(begin)) or [""]
    say(begin + lines[0])
    for line in lines[1:]:
        say(" " * len(begin) + line)


def score(value: float) -> str:
    """Three places, and never 1: what is near it shows by its nines."""
    text = f"{value:.3f}"
    return text if text != "1.000" else "0.999"


def padded(text: str, width: int) -> str:
    """To `width` columns of a terminal, where Chinese characters take two."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return text + " " * max(width - len(text) - wide, 0)
