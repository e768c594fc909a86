"""Guards: what is found of made-up personal data, what is found where there is none, time and memory.

Recall: values are made with their check digits, or drawn from the lists below, and set into sentences of
three languages; a value counts when its every character lies within findings of its kind, or of any. The
lists hold names that no table has. Precision: what is found in published texts is counted by kind and, with
`--show`, listed to be read.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from common import data, figure
from lionrock.gateway.guards.finding import find
from lionrock.gateway.guards.kinds import Kind
from lionrock.gateway.guards.masks import Masks, Text
from lionrock.gateway.guards.policy import Policy
from lionrock.kernel.hkid import check_digit

EACH = 400
_FRAMES = (
    "The customer gave {} at the counter.",
    "Please check {}, then write to them.",
    "Transfer from {}.\nThank you",
    "客戶提供{}作登記。",
    "請核對（{}）後回覆",
    "資料如下：{}，請跟進。",
    "客户提供{}进行登记。",
    "请核对{},谢谢",
)
_SURNAMES = (
    "Chan Wong Lee Lau Cheung Leung Ng Ho Yip Tsang Kwok Mak Zhang Wang Li Chen Liu Zhao".split()
)
_GIVEN = (
    "Tai Man|Siu Ming|Ka Yee|Wai-lam|Chi Keung|Mei Ling|Wing-yan|Xiaoming|Jianguo|Yuting".split("|")
)
_WESTERN = (
    "John Smith|Emma Thompson|David Johnson|Sarah Williams|Michael O'Brien|Priya Patel|Ahmed Khan|Hans Müller|"
    "Ngozi Okafor|Anneliese Vogt"
).split("|")
_HAN = "陳大文 黃小明 李家欣 張志強 何美玲 歐陽志明 陈大文 黄小明 张志强 刘洋 王建国 林鄭月娥 鄧紫棋 叶问".split()
_HAN_FRAMES = (
    "{}先生來電查詢。", "姓名：{}", "客戶{}，請跟進", "Mr Chan ({})", "由{}女士簽署", "我叫{}，想開戶口",
    "{}昨日到分行。", "請問{}的結餘是多少？",
)  # fmt: skip
_LATIN_FRAMES = (
    "{} came to the branch.", "Dear {},", "Mr {} signed.", "Name: {}", "客戶{}來電", "the account of {} was closed",
)  # fmt: skip
_STREETS = "Nathan Road|Queen's Road Central|Electric Road|Des Voeux Road West|King's Road".split(
    "|"
)
_ADDRESSES: tuple[Callable[[random.Random], str], ...] = (
    lambda r: f"Flat {r.randint(1, 40)}{r.choice('ABCD')}, {r.randint(1, 40)}/F, "
    f"{r.randint(1, 900)} {r.choice(_STREETS)}, Kowloon",
    lambda r: f"{r.randint(1, 900)} {r.choice(_STREETS)}, Hong Kong",
    lambda r: f"Room {r.randint(101, 4009)}, Block {r.randint(1, 9)}, Happy Garden, Sha Tin",
    lambda r: f"香港九龍彌敦道{r.randint(1, 900)}號金龍大廈{r.randint(1, 40)}樓{r.choice('ABCD')}室",
    lambda r: f"新界沙田第一城{r.randint(1, 50)}座{r.randint(1, 30)}樓{r.choice('ABCD')}室",
    lambda r: f"广东省深圳市南山区科技园路{r.randint(1, 90)}号"
    f"{r.randint(1, 9)}栋{r.randint(1, 5)}单元{r.randint(101, 999)}室",
    lambda r: f"上海市浦东新区世纪大道{r.randint(1, 900)}号",
)  # fmt: skip


def _digits(r: random.Random, size: int) -> str:
    return "".join(r.choice("0123456789") for _ in range(size))


def _luhn(head: str) -> str:
    for last in "0123456789":
        digits = [int(c) for c in reversed(head + last)]
        if (sum(digits[::2]) + sum(sum(divmod(2 * d, 10)) for d in digits[1::2])) % 10 == 0:
            return head + last
    raise AssertionError


def _card(r: random.Random) -> str:
    number = _luhn(r.choice(["4", "51", "55", "62", "3566"]) + _digits(r, 14))[:16]
    number = _luhn(number[:15])
    return r.choice([number, " ".join(number[i : i + 4] for i in range(0, 16, 4))])


def _hkid(r: random.Random) -> str:
    letters, digits = r.choice(["A", "G", "K", "Z", "R", "WX", "XA"]), _digits(r, 6)
    check = check_digit(letters, digits)
    return r.choice(
        [f"{letters}{digits}({check})", f"{letters}{digits}{check}", f"{letters}{digits} ({check})"]
    )


def _cn_id(r: random.Random) -> str:
    born = f"{r.randint(1940, 2015)}{r.randint(1, 12):02}{r.randint(1, 28):02}"
    head = r.choice(["110105", "440301", "310115"]) + born + _digits(r, 3)
    total = sum(int(d) * pow(2, 17 - i, 11) for i, d in enumerate(head))
    return head + "0123456789X"[(1 - total) % 11]


def _iban(r: random.Random) -> str:
    country, account = r.choice(
        [("GB", "NWBK" + _digits(r, 14)), ("DE", _digits(r, 18)), ("FR", _digits(r, 23))]
    )
    number = "".join(str(int(c, 36)) for c in f"{account}{country}00")
    whole = f"{country}{98 - int(number) % 97:02}{account}"
    return r.choice([whole, " ".join(whole[i : i + 4] for i in range(0, len(whole), 4))])


def _phone(r: random.Random) -> str:
    local = r.choice("235679") + _digits(r, 7)
    mobile = f"1{r.choice('35789')}{_digits(r, 9)}"
    split = f"{local[:4]} {local[4:]}"
    return r.choice(
        [
            local,
            split,
            f"+852 {split}",
            f"(852) {split}",
            mobile,
            f"+86 {mobile}",
            f"+44 20 7{_digits(r, 3)} {_digits(r, 4)}",
        ]
    )


def _account(r: random.Random) -> str:
    bank = r.choice(["004", "012", "024", "003", "016", "388"])
    return r.choice([
        f"{bank}-{_digits(r, 6)}-{_digits(r, 3)}", f"{bank}-{_digits(r, 3)}-{_digits(r, 6)}-{_digits(r, 3)}",
        f"{_digits(r, 3)}-{_digits(r, 6)}-838", f"{bank}-{_digits(r, 3)}-{_digits(r, 7)}",
    ])  # fmt: skip


def _passport(r: random.Random) -> str:
    return (
        r.choice(["K", "H", "E", "G"]) + _digits(r, 8) if r.random() < 0.7 else "EA" + _digits(r, 7)
    )


def _email(r: random.Random) -> str:
    local = r.choice(["chan.tm", "amy_wong", "j-smith+hk"])
    return f"{local}{r.randint(1, 99)}@{r.choice(['example.com', 'mail.example.hk'])}"


_MADE: dict[Kind, Callable[[random.Random], str]] = {
    Kind.HKID: _hkid, Kind.CN_ID: _cn_id, Kind.IBAN: _iban, Kind.CARD: _card, Kind.EMAIL: _email,
    Kind.PASSPORT: _passport, Kind.ACCOUNT: _account, Kind.PHONE: _phone,
}  # fmt: skip


def _samples(kind: Kind, r: random.Random) -> list[tuple[str, str]]:
    if kind is Kind.NAME:
        latin = [f"{r.choice(_SURNAMES)} {r.choice(_GIVEN)}" for _ in range(EACH // 4)]
        latin += [r.choice(_WESTERN) for _ in range(EACH // 4)]
        return [(r.choice(_LATIN_FRAMES), name) for name in latin] + [
            (r.choice(_HAN_FRAMES), r.choice(_HAN)) for _ in range(EACH // 2)
        ]
    if kind is Kind.ADDRESS:
        return [(r.choice(_FRAMES), r.choice(_ADDRESSES)(r)) for _ in range(EACH)]
    return [(r.choice(_FRAMES), _MADE[kind](r)) for _ in range(EACH)]


def _covered(text: str, at: int, value: str, kind: Kind) -> tuple[bool, bool]:
    """Whether the value is found whole by its own kind, and whether by any."""
    spans = find(text)
    own = {i for f in spans if f.kind is kind for i in range(f.start, f.end)}
    every = {i for f in spans for i in range(f.start, f.end)}
    need = set(range(at, at + len(value)))
    return need <= own, need <= every


def recall(r: random.Random, show: bool) -> None:
    print("kind        own kind   any kind   of")
    for kind in Kind:
        samples = _samples(kind, r)
        hits = [
            _covered(frame.format(value), frame.index("{"), value, kind) for frame, value in samples
        ]
        own, every = (sum(column) / len(hits) for column in zip(*hits, strict=True))
        print(f"{kind.value:10}  {own:8.3f}   {every:8.3f}   {len(hits)}")
        figure(f"guards_recall_{kind.value}", own)
        if show:
            missed = {
                frame.format(v) for (frame, v), hit in zip(samples, hits, strict=True) if not hit[0]
            }
            print(*sorted(missed)[:12], sep="\n")


def texts() -> dict[str, str]:
    drcd = json.loads((data("drcd") / "DRCD_dev.json").read_text("utf-8"))["data"]
    return {
        "regulation, English": next(data("hk_regs").glob("HK-009*")).read_text("utf-8"),
        "encyclopaedia, Chinese": "\n".join(p["context"] for a in drcd for p in a["paragraphs"]),
        "news, English": (data("ntrex") / "newstest2019-src.eng.first1000.txt").read_text("utf-8"),
        "posts of a government, Chinese": (data("cantonese") / "govnews.hk.csv").read_text("utf-8"),
    }


def published(show: bool) -> None:
    print("\ntext                              MB    MB/CPU s   ms/KB   findings by kind")
    for name, text in texts().items():
        size = len(text.encode()) / 1e6
        rates = []
        for _ in range(5):
            began = time.process_time()
            found = find(text)
            rates.append(size / (time.process_time() - began))
        counts = {k.value: sum(f.kind is k for f in found) for k in Kind}
        told = ", ".join(f"{k} {n}" for k, n in counts.items() if n)
        print(f"{name:32} {size:5.2f}   {max(rates):8.2f}   {1 / max(rates):5.2f}   {told}")
        figure(f"guards_mb_per_s_{name.split(',')[0].split()[0]}", max(rates))
        if show:
            print(*sorted({text[f.start : f.end] for f in found}), sep=" | ")


def request(r: random.Random) -> None:
    """A request of 8 KB with twelve values: masked; and an answer streamed in chunks of four characters."""
    filler = (
        "The customer asked about the fee for early repayment of the loan. 客戶查詢提早還款的費用。\n"
        * 80
    )
    text = filler + " ".join(_MADE[k](r) for k in _MADE) + filler
    best, chunk = [], []
    for _ in range(30):
        began = time.process_time()
        masks = Masks(Policy())
        sent = masks.mask([Text("messages[0].content", text)])[0]
        best.append(time.process_time() - began)
        pieces = [sent[i : i + 4] for i in range(0, len(sent), 4)]
        stream = masks.stream()
        began = time.process_time()
        answer = "".join([*map(stream.feed, pieces), stream.close()])
        chunk.append((time.process_time() - began) / len(pieces))
        assert answer == text
    kilobytes = len(text.encode()) / 1000
    print(f"\nmasking a request of {kilobytes:.0f} KB   {min(best) * 1000:.2f} ms")
    print(f"an answer's chunk   {min(chunk) * 1e6:.2f} µs")
    figure("guards_mask_ms_per_kb", min(best) * 1000 / kilobytes)
    figure("guards_restore_us_per_chunk", min(chunk) * 1e6)


_START = """
import dataclasses, enum, inspect, pathlib, re, time, unicodedata
def rss(): return int(open("/proc/self/statm").read().split()[1]) * 4 / 1024
before, began = rss(), time.process_time()
from lionrock.gateway.guards.masks import Masks, Text
from lionrock.gateway.guards.policy import Policy
loaded = time.process_time() - began
Masks(Policy()).mask([Text("a", "Mr Chan Tai Man, 陳大文先生 9123 4567 a@b.hk 彌敦道1號")])
print(loaded * 1000, (time.process_time() - began) * 1000, rss() - before)
"""


def start() -> None:
    """In a process of its own, the standard library's parts loaded already; the best of seven."""
    cache = Path(__file__).parents[1] / ".cache" / "bench" / "guards"
    command = [sys.executable, "-X", f"pycache_prefix={cache}", "-c", _START]
    runs = [
        subprocess.run(command, capture_output=True, text=True, check=True, env={}).stdout.split()
        for _ in range(8)
    ]
    loaded, first, memory = (min(float(run[i]) for run in runs[1:]) for i in range(3))
    print(
        f"\nimport {loaded:.0f} CPU ms, with the first request {first:.0f}; memory {memory:.1f} MB"
    )
    figure("guards_start_ms", first)
    figure("guards_memory_mb", memory)


def main() -> None:
    show = "--show" in sys.argv
    recall(random.Random(6), show)
    published(show)
    request(random.Random(7))
    start()


if __name__ == "__main__":
    main()
