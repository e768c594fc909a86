"""Make the tables of `lionrock/screening/names/tables` from their sources.

    python scripts/build_name_tables.py UNIHAN_FOLDER

UNIHAN_FOLDER holds Unicode's `Unihan_*.txt` or `.txt.bz2` (Debian: /usr/share/unicode of `unicode-data`).
Wanted besides, at the versions named in `tables/PROVENANCE.md`: ToJyutping, pypinyin, names; OpenCC is a
dependency of Lionrock. Only this script reads them: the product reads the tables.
"""

from __future__ import annotations

import bz2
import gzip
import io
import re
import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

TABLES = Path(__file__).parent.parent / "src/lionrock/screening/names/tables"
FIELDS = {
    "kCantonese", "kMandarin", "kHanyuPinlu", "kTaiwanTelegraph", "kMainlandTelegraph",
    "kZVariant", "kSemanticVariant", "kTraditionalVariant", "kSimplifiedVariant",
}  # fmt: skip


def unihan(folder: Path) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name in ("Readings", "Variants", "OtherMappings"):
        for code, field, value in _rows(folder, name):
            if field in FIELDS:
                found.setdefault(chr(int(code[2:], 16)), {})[field] = value
    return found


def _rows(folder: Path, name: str) -> Iterator[list[str]]:
    packed = folder / f"Unihan_{name}.txt.bz2"
    raw = (
        bz2.decompress(packed.read_bytes())
        if packed.exists()
        else packed.with_suffix("").read_bytes()
    )
    for line in raw.decode().splitlines():
        if line.startswith("U+"):
            yield line.split("\t")


def cantonese(character: str, fields: dict[str, str]) -> list[str]:
    """Jyutping without tones, likeliest first."""
    import ToJyutping

    found = ToJyutping.get_jyutping_candidates(character)
    readings = [r for _, rs in found for r in rs or []] + fields.get("kCantonese", "").split()
    return _distinct(re.sub(r"\d", "", r) for r in readings)


def mandarin(character: str, fields: dict[str, str]) -> list[str]:
    """Pinyin without tones, ü as v, likeliest first."""
    from pypinyin import Style, pinyin

    first = pinyin(character, style=Style.NORMAL, v_to_u=False)[0]
    others = pinyin(character, style=Style.NORMAL, heteronym=True, v_to_u=False)[0]
    readings = [r for r in first + others if re.fullmatch("[a-zvü]+", r)]
    return _distinct(r.replace("ü", "v") for r in readings)[:4]


def _distinct(items: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(item for item in items if item))


def folds(table: dict[str, dict[str, str]]) -> dict[str, str]:
    """Each character's folded form: Simplified, of the commonest of its variants."""
    from opencc import OpenCC

    to_plain = [OpenCC(name) for name in ("hk2t", "tw2t", "jp2t")]
    simple = OpenCC("t2s")

    def simplified(character: str) -> str:
        for converter in to_plain:
            character = converter.convert(character)
        return simple.convert(character)

    found = {c: s for c in table if len(s := simplified(c)) == 1}
    for character, fields in table.items():
        if found.get(character, character) != character:
            continue
        for variant in _variants(fields):
            if _frequency(table, variant) > _frequency(table, character):
                found[character] = found.get(variant, variant)
                break
    return {c: f for c, f in found.items() if c != f}


def _variants(fields: dict[str, str]) -> list[str]:
    named = [
        fields.get("kSimplifiedVariant", ""),
        fields.get("kZVariant", ""),
        fields.get("kSemanticVariant", ""),
    ]
    return [chr(int(v.partition("<")[0][2:], 16)) for text in named for v in text.split()]


def _frequency(table: dict[str, dict[str, str]], character: str) -> int:
    fields = table.get(character, {})
    spoken = sum(int(n) for n in re.findall(r"\((\d+)\)", fields.get("kHanyuPinlu", "")))
    return 2 * spoken + ("kTaiwanTelegraph" in fields)


def characters(folder: Path) -> str:
    table = unihan(folder)
    folded = folds(table)
    lines = []
    for character in sorted(table):
        fields = table[character]
        row = [
            character,
            " ".join(cantonese(character, fields)),
            " ".join(mandarin(character, fields)),
            fields.get("kTaiwanTelegraph", ""),
            fields.get("kMainlandTelegraph", ""),
            folded.get(character, ""),
            str(_frequency(table, character) // 2 or ""),
        ]
        if any(row[1:]):
            lines.append("\t".join(row).rstrip("\t"))
    return "\n".join(lines) + "\n"


def western() -> str:
    """Given and family names of the 1990 United States census, with their share in per mille."""
    lines = []
    files = {"f": "dist.female.first", "m": "dist.male.first", "l": "dist.all.last"}
    for kind, file in files.items():
        for row in resources.files("names").joinpath(file).read_text().splitlines():
            name, percent, *_ = row.split()
            if float(percent) >= 0.004:
                lines.append(f"{name.lower()}\t{kind}\t{float(percent) * 10:g}")
    return "\n".join(lines) + "\n"


def write(name: str, text: str) -> None:
    """The same bytes each time: no date in the archive."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as packed:
        packed.write(text.encode())
    (TABLES / name).write_bytes(buffer.getvalue())
    print(f"{name}: {text.count(chr(10))} rows, {len(buffer.getvalue())} bytes")


if __name__ == "__main__":
    TABLES.mkdir(parents=True, exist_ok=True)
    write("characters.tsv.gz", characters(Path(sys.argv[1])))
    write("western.tsv.gz", western())
