"""The engines' keys: each in a file of its own that only the owner can read, never in the TOML."""

from __future__ import annotations

import re
from pathlib import Path

from lionrock.errors import InvalidInput

# What an HTTP header can carry, and no space: RFC 6750 §2.1 allows less, servers take more.
_KEY = re.compile(r"[\x21-\x7e]{1,4096}")


def read_key(folder: Path, name: str) -> str:
    """The key in `folder`/`name`, without the line end. InvalidInput names the file, never the key."""
    path = folder / name
    try:
        if path.stat().st_mode & 0o077:
            raise InvalidInput(f"{path} can be read by others. Run chmod 600 on it.")
        key = path.read_text("ascii").strip()
    except UnicodeDecodeError:
        key = ""
    except OSError as error:
        raise InvalidInput(
            f"The engine's key is expected in {path}, which cannot be read "
            f"({error.strerror}). Put the key there, mode 600."
        ) from None
    if not _KEY.fullmatch(key):
        raise InvalidInput(f"{path} must hold one key: printable ASCII without spaces.")
    return key
