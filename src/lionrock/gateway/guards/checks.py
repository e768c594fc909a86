"""Check digits and number ranges of what carries them."""

from __future__ import annotations

from datetime import date
from typing import Final

_CN_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_PROVINCES: Final = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split()
)
_VALUES: Final = dict(zip("0123456789", range(10), strict=True))
_DOUBLED: Final = dict(zip("0123456789", (0, 2, 4, 6, 8, 1, 3, 5, 7, 9), strict=True))
_ISSUERS: Final = (
    (4, 4, {13, 16, 19}),
    (34, 34, {15}),
    (37, 37, {15}),
    (36, 36, {14, 16, 19}),
    (38, 39, {14, 16, 19}),
    (300, 305, {14, 16, 19}),
    (3528, 3589, {16, 17, 18, 19}),
    (51, 55, {16}),
    (2221, 2720, {16}),
    (62, 62, {16, 17, 18, 19}),
    (81, 81, {16, 17, 18, 19}),
    (6011, 6011, {16, 17, 18, 19}),
    (644, 659, {16, 17, 18, 19}),
    (50, 50, {13, 14, 15, 16, 17, 18, 19}),
    (56, 59, {13, 14, 15, 16, 17, 18, 19}),
    (60, 69, {16, 17, 18, 19}),
)
"""First digits from, to, and how long: the issuers' published ranges."""
_SIZES: Final = {
    str(head): frozenset(sizes) for low, high, sizes in _ISSUERS for head in range(low, high + 1)
}
IBAN_LENGTHS: Final = {
    entry[:2]: int(entry[2:])
    for entry in (
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 "
        "EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 "
        "IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 "
        "NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 "
        "SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
    ).split()
}
"""ISO 13616: the registered countries and the length of their numbers."""
BANKS: Final = frozenset(
    "003 004 005 006 009 012 015 016 018 020 022 024 025 027 028 035 038 039 040 041 043 055 061 072 128 214 "
    "238 250 307 378 387 388 389 390 391 392 393 395".split()
)
"""Clearing codes of retail banks in Hong Kong. From general knowledge; one that is missing costs recall only."""


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    total = sum(map(_VALUES.__getitem__, digits[-1::-2]))
    total += sum(map(_DOUBLED.__getitem__, digits[-2::-2]))
    return total % 10 == 0


def card(digits: str) -> bool:
    """Whether an issuer has numbers that begin so and are so long, and the check digit holds."""
    size = len(digits)
    if not 13 <= size <= 19 or len(set(digits)) < 2:
        return False
    known = any(size in _SIZES.get(digits[:head], ()) for head in (1, 2, 3, 4))
    return known and luhn(digits)


def iban(packed: str) -> bool:
    """ISO 13616 and ISO 7064 MOD 97-10; `packed` in capitals, without blanks."""
    if len(packed) != IBAN_LENGTHS.get(packed[:2], 0):
        return False
    return int("".join(str(int(c, 36)) for c in packed[4:] + packed[:4])) % 97 == 1


def cn_id(packed: str) -> bool:
    """GB 11643-1999: a province, a day of birth, and a check character by ISO 7064 MOD 11-2."""
    if packed[:2] not in _PROVINCES or not _day(packed[6:14]):
        return False
    total = sum(w * int(d) for w, d in zip(_CN_WEIGHTS, packed, strict=False))
    return "10X98765432"[total % 11] == packed[17].upper()


def cn_id_old(digits: str) -> bool:
    """The number of fifteen digits in use until 1999: no check digit."""
    return len(digits) == 15 and digits[:2] in _PROVINCES and _day(f"19{digits[6:12]}")


def _day(written: str) -> bool:
    if not "1800" <= written[:4] <= "2199":
        return False
    try:
        date(int(written[:4]), int(written[4:6]), int(written[6:]))
    except ValueError:
        return False
    return True
