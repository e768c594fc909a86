"""Which module reads which format. Only what a file needs is imported, in the child that reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lionrock.documents.parsing.detect import Format
from lionrock.documents.parsing.members import Member


def flow_reader(found: Format) -> Callable[[Path], Any] | None:
    """The function that reads the format into a `Flow`; None for one that is not here."""
    if found is Format.HKLM:
        from lionrock.documents.parsing.hklm import parse_hklm as read
    elif found is Format.PPTX:
        from lionrock.documents.parsing.pptx import parse_pptx as read
    elif found is Format.ODT:
        from lionrock.documents.parsing.odt import parse_odt as read
    elif found is Format.ODS:
        from lionrock.documents.parsing.ods import parse_ods as read
    elif found is Format.ODP:
        from lionrock.documents.parsing.odp import parse_odp as read
    elif found is Format.EML:
        from lionrock.documents.parsing.mail import parse_eml as read
    elif found is Format.MSG:
        from lionrock.documents.parsing.msg import parse_msg as read
    elif found is Format.ZIP:
        from lionrock.documents.parsing.zipped import parse_zip as read
    else:
        return None
    return read


def members_reader(found: Format) -> Callable[[Path], Iterator[Member]] | None:
    """The function that brings a container's members; None for a format that holds none."""
    if found is Format.EML:
        from lionrock.documents.parsing.mail import eml_members as read
    elif found is Format.MSG:
        from lionrock.documents.parsing.msg import msg_members as read
    elif found is Format.ZIP:
        from lionrock.documents.parsing.zipped import zip_members as read
    else:
        return None
    return read
