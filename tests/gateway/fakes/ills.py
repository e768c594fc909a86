"""Ways an engine can be wrong, one at a time."""

from __future__ import annotations

from enum import Enum, auto


class Ill(Enum):
    ARGUMENTS_MISSHAPEN = auto()
    BOUNDS_IGNORED = auto()
    BREAKS_OFF = auto()
    BROKEN_CHARACTERS = auto()
    COUNTS_DIFFER = auto()
    CRASHES_ON_BAD_INPUT = auto()
    CRASHES_ON_LONG = auto()
    CUTS_PROMPTS = auto()
    DEAF = auto()
    """Works on when the client is gone."""
    KEY_IGNORED = auto()
    NO_DONE = auto()
    NO_FINISH = auto()
    NO_STREAM_USAGE = auto()
    NO_TEXT = auto()
    NO_USAGE = auto()
    ONE_PIECE = auto()
    OVERLONG_OUTPUT = auto()
    PRIORITY_IGNORED = auto()
    SALT_IGNORED = auto()
    SCHEMA_IGNORED = auto()
    SEED_IGNORED = auto()
    STOP_IGNORED = auto()
    TAKES_ANYTHING = auto()
    TOOLS_IN_WORDS = auto()
    VECTORS_CONSTANT = auto()
    VECTORS_UNORDERED = auto()
