"""Every permission, `scope:resource:action`. Keep the list alphabetical; document each in `docs/permissions.md`."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    ASSIST_ASK_RUN = "assist:ask:run"
    DOCUMENTS_DOCUMENT_ADD = "documents:document:add"
    DOCUMENTS_DOCUMENT_READ = "documents:document:read"
    DOCUMENTS_DOCUMENT_REMOVE = "documents:document:remove"
    GATEWAY_MODEL_CALL = "gateway:model:call"
    KERNEL_RUN_READ = "kernel:run:read"
    SEARCH_PASSAGE_READ = "search:passage:read"
