"""Every setting, read once from `LIONROCK_*` environment variables. Documented in `docs/settings.md`."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def _default_home() -> Path:
    """The checkout's own `.lionrock/` when run from one, else the user's data directory."""
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "pyproject.toml").is_file() and (checkout / "src" / "lionrock").is_dir():
        return checkout / ".lionrock"
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "lionrock"


def _default_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "lionrock"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="LIONROCK_", frozen=True, extra="forbid")

    home: Path = Field(default_factory=_default_home)
    """Everything this installation keeps: database, files, indexes, keys."""

    cache: Path = Field(default_factory=_default_cache)
    """Model weights; safe to delete, safe to share between installations."""

    database_url: SecretStr | None = None
    """An institution's own PostgreSQL (a role that may create roles and own the schema).
    Unset: the embedded one."""

    key_source: str = "file"
    """What wraps the tenants' keys: `file`, or the name of an installed key source (a KMS)."""

    key_file: Path | None = None
    """The key file of the source `file`; unset: `keys/vault.key` in `home`, made at the first start."""

    host: str = "127.0.0.1"
    """Address the web server listens on."""

    port: int = Field(default=8470, ge=0, le=65535)
    """Port the web server listens on; 0 picks a free one."""

    proxies: str = ""
    """Comma-separated addresses of reverse proxies whose X-Forwarded-For and -Proto are believed.
    Empty: nobody's are, and the caller's address is the one that connected."""

    model: str = "qwen2.5-coder-1.5b-instruct-q4_k_m"
    """Catalogue name of the language model; `none` runs without one."""

    engine: str | None = None
    """Base URL of an OpenAI-compatible server to use instead of the local engine."""

    engine_key: SecretStr | None = None
    """Bearer key for `engine`."""

    engine_model: str | None = None
    """Model name to ask `engine` for; unset: the first it lists."""

    engine_context: int = Field(default=4096, ge=512)
    """Context window of the local engine, in tokens."""

    engine_threads: int = Field(default=0, ge=0)
    """Threads of the local engine; 0 is one less than the cores."""

    engine_built: bool = True
    """Run the local engine that `lionrock models build-engine` built for this processor, if there is
    one; false: the wheel's."""

    engines: Path | None = None
    """TOML file that declares the gateway's engines (docs/gateway-engines.md). Unset: the embedded
    engine alone."""

    embeddings: str = "multilingual-e5-small"
    """Catalogue name of the embedding model, or the base URL of a `/v1/embeddings` server."""

    reranker_url: str | None = None
    """Base URL of a server with `/v1/rerank` that orders the first results of a search. Unset: none does."""

    reranker_key: SecretStr | None = None
    """Bearer key for `reranker_url`."""

    reranker_model: str | None = None
    """Model name to ask it for; unset: none is named, for a server that has one."""

    reranker_seconds: float = Field(default=5.0, gt=0, le=120)
    """Longest that a search waits for it; then the order without it stands."""

    mirror: str | None = None
    """Directory or file:// URL that holds model files by their catalogue file name; tried first."""

    egress: str = ""
    """Comma-separated hosts the server may connect to, besides loopback. Pulling a model is separate."""

    otlp: str = ""
    """Base URL of an OpenTelemetry collector (OTLP over HTTP) that traces are sent to. Empty: no traces."""

    otlp_key: SecretStr | None = None
    """Bearer key for `otlp`."""

    screening_ray: str = ""
    """HOST:PORT of a Ray cluster's client server, which files of names and customers are screened on."""

    audit_seconds: float = Field(default=2.0, gt=0, le=3600)
    """Seconds between checkpoints of the audit log, while there is anything new to sign."""

    audit_origin: str = Field(default="", max_length=150, pattern=r"^[^\s+]*$")
    """Name of the audit log, as in `audit.bank.example`; empty: `lionrock.local/` and a random id. Counts
    when the log is begun, not after: it is in every entry. No personal data."""

    max_upload_bytes: int = Field(default=256 * 2**20, ge=1)
    """Largest document taken in."""

    max_unpacked_bytes: int = Field(default=2**30, ge=1)
    """What the files in a ZIP or a mail may come to, with all that is nested in them."""

    parse_seconds: int = Field(default=300, ge=1)
    """Time limit for parsing one document, from where an earlier attempt left it."""

    parse_bytes: int = Field(default=2 * 2**30, ge=2**28)
    """Memory limit of the parsing process."""

    ocr: bool = True
    """Read pages without usable text from their pictures. Off: such pages are kept unread."""

    ocr_page_seconds: int = Field(default=120, ge=1)
    """Time limit for reading one page from its picture; `parse_seconds` does not count it."""

    @property
    def egress_hosts(self) -> frozenset[str]:
        return frozenset(h.strip().lower() for h in self.egress.split(",") if h.strip())
