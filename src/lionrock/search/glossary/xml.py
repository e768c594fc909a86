"""XML from strangers, for the exchange formats of terms and translations (TBX, TMX)."""

from __future__ import annotations

from typing import Any

from lxml import etree

from lionrock.errors import InvalidInput


def root_of(data: bytes, format: str, *names: str) -> Any:
    """The first element, which has one of `names`. Nothing is fetched and no entity resolved.
    `InvalidInput` for what is no XML, another format, or declares entities of its own."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise InvalidInput(f"The file is not well-formed XML: {error.msg}.") from error
    subset: Any = root.getroottree().docinfo.internalDTD
    if subset is not None and any(True for _ in subset.iterentities()):
        raise InvalidInput(f"The file declares entities of its own, which no {format} needs.")
    if etree.QName(root).localname not in names:
        raise InvalidInput(
            f"The file is XML, but no {format}: its first element is not {' or '.join(names)}."
        )
    return root
