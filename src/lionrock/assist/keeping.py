"""What the desk's capabilities keep for a tenant: a translation memory, templates, classifiers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lionrock.assist.drafting.personal import TemplateData, erase_template
from lionrock.assist.drafting.service import TemplateService
from lionrock.assist.sentiment.classifiers import Classifiers
from lionrock.assist.translate.kept import Translations
from lionrock.assist.translate.memory.service import Memory
from lionrock.assist.translate.personal import (
    MemoryData,
    TranslationData,
    erase_translation,
    erase_unit,
)
from lionrock.assist.translate.termbases import Termbases
from lionrock.kernel.database import Database
from lionrock.kernel.privacy.row_data import RowData
from lionrock.kernel.vault.service import Vault
from lionrock.search.service import SearchService

GONE: Final = {
    "memory": erase_unit, "translation": erase_translation, "template": erase_template,
}  # fmt: skip
"""By kind of thing: what removes one again, where a backup brought it back."""


class Desk:
    """`parts`: what a run is given, by type; see `RunContext.of`."""

    def __init__(self, database: Database, vault: Vault, search: SearchService) -> None:
        memory = Memory(database, vault)
        termbases = Termbases(search.glossary)
        translations = Translations(database, vault, memory, termbases)
        templates = TemplateService(database, vault)
        self.parts: Mapping[type, object] = {
            Memory: memory,
            Termbases: termbases,
            Translations: translations,
            TemplateService: templates,
            Classifiers: Classifiers(database, vault, search.embedder),
        }
        self.personal: tuple[RowData, ...] = (
            MemoryData(database, memory),
            TranslationData(database, translations),
            TemplateData(database, templates),
        )
