"""Reading pages from their pictures, on this machine, with weights that come in a package.

A page is read so only when its text layer is of no use (`usable`). Importing this package loads no
model and no numeric library; `Recogniser()` does. Per page of an open pdfium document:

    found, frame = page_fragments(document, index, fonts)
    facts = page_facts(document, index)
    if not usable(found, facts):
        read = read_page(recogniser, document, index, found, facts)

Images become PDFs first (`pictures.picture_copy`). What may not live here: layout, blocks, storage.
"""

from lionrock.documents.ocr.facts import facts_of, page_facts
from lionrock.documents.ocr.page import read_page
from lionrock.documents.ocr.recognised import Doubt, Recognised
from lionrock.documents.ocr.recogniser import Recogniser
from lionrock.documents.ocr.usable import PageFacts, usable

__all__ = [
    "Doubt",
    "PageFacts",
    "Recognised",
    "Recogniser",
    "facts_of",
    "page_facts",
    "read_page",
    "usable",
]
