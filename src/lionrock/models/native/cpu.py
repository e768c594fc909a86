"""What this machine's processor can do, as far as a compiler makes use of it. Linux."""

from __future__ import annotations

import hashlib
import platform
import re
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

_INFORMATION = Path("/proc/cpuinfo")
_FLAGS = ("flags", "Features")  # x86; ARM
_MODELS = ("model name", "CPU part")
# Of x86's flags, instruction sets alone: the others change with the kernel and its defences.
_INSTRUCTIONS = re.compile(
    r"(3dnow|abm|adx|aes|amx|apx|avx|bmi|cx16|f16c|fma|gfni|lahf|movbe|pclmul|pni|popcnt|sha|sm[34]$"
    r"|sse|ssse|tbm|vaes|vpclmul|xop)"
)
_TOLD = (
    *(("amx_int8", "amx"), ("avx512f", "avx512"), ("avx2", "avx2"), ("avx", "avx")),
    *(("sve2", "sve2"), ("sve", "sve"), ("asimd", "neon")),
)


@dataclass(frozen=True, slots=True)
class Cpu:
    """`features` are those that all its cores have, by the kernel's names, sorted."""

    machine: str
    model: str
    features: tuple[str, ...]

    @property
    def best(self) -> str:
        """The widest vectors it has, in a word: amx, avx512, avx2 …; empty if none is known."""
        return next((word for flag, word in _TOLD if flag in self.features), "")

    @property
    def label(self) -> str:
        """Tells this processor from others that need another build: `x86_64-avx2-1b2c3d4e`."""
        known = hashlib.sha256(" ".join((self.machine, *self.features)).encode()).hexdigest()[:8]
        return "-".join(word for word in (self.machine, self.best, known) if word)


def at_hand(information: Path = _INFORMATION) -> Cpu:
    """The processor of this machine; without features where the kernel does not tell."""
    try:
        text = information.read_text("utf-8", "replace")
    except OSError:
        text = ""
    machine = platform.machine()
    cores = [set(words.split()) for words in _told(text, _FLAGS)]
    features = reduce(set.intersection, cores) if cores else set()
    if machine in ("x86_64", "i686"):
        features = {flag for flag in features if _INSTRUCTIONS.match(flag)}
    model = next(iter(_told(text, _MODELS)), "unknown")
    return Cpu(machine, model, tuple(sorted(features)))


def _told(text: str, keys: tuple[str, ...]) -> list[str]:
    rows = (line.partition(":") for line in text.splitlines())
    return [value.strip() for key, _, value in rows if key.strip() in keys]
