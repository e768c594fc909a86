"""A paragraph of Word taken apart to its leaves: what each run holds, and what stands around it.

Read as if tracked changes were accepted. ECMA-376 part 1, 17.3 (paragraphs and runs), 17.5.2
(content controls), 17.13 (annotations), 17.16 (fields and hyperlinks).
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from lionrock.documents.parsing.ooxml import W, value

_LEFT_OUT = frozenset(
    f"{W}{name}"
    for name in "pPr rPr del moveFrom proofErr lastRenderedPageBreak softHyphen delText delInstrText".split()
)
_SEEN_THROUGH = frozenset(f"{W}{name}" for name in "ins moveTo smartTag customXml dir bdo".split())
_ADDRESS = re.compile(r"\s*(?:https?://|www\.|mailto:)\S+\s*|\s*\S+@\S+\.\S+\s*", re.IGNORECASE)
_HYPERLINK = re.compile(r"\s*HYPERLINK\b", re.IGNORECASE)


@dataclass(slots=True, eq=False)
class Pair:
    """What stands around words and must not be lost: a hyperlink or a content control.

    `shell` is the element without its words; for one made of field characters, the leaves that open
    and close it.
    """

    shell: Any | None = None
    before: list[Leaf] = field(default_factory=list)
    after: list[Leaf] = field(default_factory=list)

    def opened(self, parent: Any) -> Any:
        """Put into `parent`; the element that takes the words."""
        for leaf in self.before:
            leaf.put(parent)
        if self.shell is None:
            return parent
        shell = copy.deepcopy(self.shell)
        parent.append(shell)
        inner = shell.find(f"{W}sdtContent")
        return shell if inner is None else inner

    def closed(self, parent: Any) -> None:
        for leaf in self.after:
            leaf.put(parent)


@dataclass(slots=True, eq=False)
class Leaf:
    """An element of a run (then `properties` is the run's) or of the paragraph itself."""

    node: Any
    in_run: bool
    properties: Any | None
    pairs: tuple[Pair, ...]
    hidden: bool = False

    @property
    def field_mark(self) -> str:
        """ "begin", "separate" or "end" of a field; "" for all else."""
        return (value(self.node, "fldCharType") or "") if self.node.tag == f"{W}fldChar" else ""

    def put(self, parent: Any) -> None:
        """Into `parent`, in a run of its own where it needs one. The element is moved, not copied."""
        if self.in_run:
            parent.append(run_of(self.properties))
            parent = parent[-1]
        parent.append(self.node)


def run_of(properties: Any | None) -> Any:
    """An empty run with a copy of these properties, changes tracked on them accepted."""
    run: Any = etree.Element(f"{W}r")
    if properties is not None:
        own = copy.deepcopy(properties)
        for name in ("ins", "del", "moveFrom", "moveTo", "rPrChange"):
            for tracked in own.findall(f"{W}{name}"):
                own.remove(tracked)
        run.append(own)
    return run


def leaves(container: Any, pairs: tuple[Pair, ...] = ()) -> Iterator[Leaf]:
    """The leaves of a paragraph, in order."""
    for child in container:
        tag = child.tag
        if not isinstance(tag, str) or tag in _LEFT_OUT:
            continue
        if tag == f"{W}r":
            yield from _run(child, pairs)
        elif tag in _SEEN_THROUGH:
            yield from leaves(child, pairs)
        elif tag == f"{W}hyperlink" and not _ADDRESS.fullmatch(shown(child)):
            yield from leaves(child, (*pairs, Pair(_shell(child))))
        elif tag == f"{W}sdt" and _is_free(child):
            content = child.find(f"{W}sdtContent")
            yield from leaves(content, (*pairs, Pair(_shell(child))))
        else:
            yield Leaf(child, False, None, pairs)


def _run(run: Any, pairs: tuple[Pair, ...]) -> Iterator[Leaf]:
    properties = run.find(f"{W}rPr")
    vanish = properties.find(f"{W}vanish") if properties is not None else None
    hidden = vanish is not None and value(vanish) not in ("0", "false")
    for child in run:
        if isinstance(child.tag, str) and child.tag not in _LEFT_OUT:
            yield Leaf(child, True, properties, pairs, hidden)


def _shell(element: Any) -> Any:
    """The element with its attributes; of a content control its properties and an empty content."""
    shell = copy.deepcopy(element)
    shell.tail = None
    content = shell.find(f"{W}sdtContent")
    emptied = shell if content is None else content
    for child in list(emptied):
        emptied.remove(child)
    return shell


def _is_free(control: Any) -> bool:
    """A content control of the text; one bound to data takes its words from there."""
    properties = control.find(f"{W}sdtPr")
    bound = properties is not None and properties.find(f"{W}dataBinding") is not None
    return not bound and control.find(f"{W}sdtContent") is not None


def shown(element: Any) -> str:
    """The words that an element shows, as far as it holds them itself."""
    return "".join(
        node.text or ""
        for node in element.iter("{*}t")
        if next(node.iterancestors(f"{W}del"), None) is None
    )


def is_link(instruction: str) -> bool:
    """Is this the instruction of a field that makes its result a hyperlink?"""
    return _HYPERLINK.match(instruction) is not None
