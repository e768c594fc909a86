#!/usr/bin/env python3
"""Train what tells Cantonese characters from those the reader takes them for.

    pip install pycantonese==5.0.0
    apt-get install fonts-noto-cjk fonts-cns11643-sung fonts-cns11643-kai fonts-wqy-zenhei
    .venv/bin/python scripts/train_cantonese_characters.py see SEED COUNT FILE.npz
    .venv/bin/python scripts/train_cantonese_characters.py fit FILE.npz ... OUT.npz

`see` draws lines of text in several fonts, sizes and qualities and notes the features the reader
makes of each character. `fit` trains a small network on them. Text: the Cantonese-Traditional
Chinese Parallel Corpus (CC0 1.0) and the Hong Kong Cantonese Corpus (Luke and Wong 2015, CC BY
4.0), both in the package pycantonese; the same put into written Chinese; and random characters.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import Counter
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from lionrock.documents.ocr.cantonese import TARGETS
from lionrock.documents.ocr.networks import Networks
from lionrock.search.cantonese import to_written

_FOLDER = Path("/usr/share/fonts")
_FONTS = (
    ("opentype/noto/NotoSansCJK-Regular.ttc", 4), ("opentype/noto/NotoSansCJK-Bold.ttc", 4),
    ("opentype/noto/NotoSerifCJK-Regular.ttc", 4), ("opentype/noto/NotoSerifCJK-Bold.ttc", 4),
    ("opentype/noto/NotoSansCJK-Regular.ttc", 3), ("opentype/noto/NotoSerifCJK-Regular.ttc", 3),
    ("truetype/cns11643/TW-Sung-98_1.ttf", 0), ("truetype/cns11643/TW-Kai-98_1.ttf", 0),
    ("truetype/wqy/wqy-zenhei.ttc", 0),
)  # fmt: skip
_LOOKALIKE = (
    "喉係倶供俱概既溉喲約哟吡比毗嚼爵嗟無有亡五唐吾個固啊那野口者她巨拒距家嫁咖架架搵溫温為偽"
)
HIDDEN, EPOCHS, DECAY = 64, 6, 1e-4
_HAN = re.compile("[\u3400-\u9fff]")


def sentences() -> list[str]:
    """Cantonese sentences without spaces."""
    package = find_spec("pycantonese")
    assert package is not None and package.origin is not None, "pip install pycantonese==5.0.0"
    data = Path(package.origin).parent / "data"
    found = json.loads((data / "ctcpc" / "sents.json").read_text("utf-8"))
    for path in sorted((data / "hkcancor").glob("*.cha")):
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("*"):
                found.append(line.partition("\t")[2])
    return [re.sub(r"\s+", "", s).replace("?", "？").replace(",", "，") for s in found]


class Lines:
    """Lines of text to draw: with the characters sought, without them, and at random."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        every = [s for s in sentences() if len(s) >= 4]
        self.holding: dict[str, list[str]] = {}
        for sentence in every:
            for letter in set(sentence) & set(TARGETS):
                self.holding.setdefault(letter, []).append(sentence)
        seen = Counter("".join(every))
        self.common = sorted(c for c, n in seen.items() if n >= 20 and _HAN.match(c))
        self.written = [to_written(s) for s in every]

    def next(self) -> str:
        """A line of 6 to 30 characters."""
        kind, pick = self.chance.random(), self.chance
        if kind < 0.5:
            letter = pick.choice(TARGETS)
            if letter in self.holding:
                return self._cut(pick.choice(self.holding[letter]))
        if kind < 0.7:
            return self._cut(pick.choice(self.written))
        pool = TARGETS if kind < 0.9 else _LOOKALIKE
        return "".join(
            pick.choice(pool) if pick.random() < 0.3 else pick.choice(self.common)
            for _ in range(pick.randint(6, 24))
        )

    def _cut(self, line: str) -> str:
        most = self.chance.randint(8, 30)
        start = self.chance.randint(0, max(len(line) - most, 0))
        return line[start : start + most]


def drawn(text: str, chance: random.Random) -> tuple[np.ndarray, list[float]]:
    """A picture of the line and the edges of its characters."""
    name, index = chance.choice(_FONTS)
    size = chance.choice([14, 16, 18, 20, 21, 22, 24, 25, 27, 30, 34, 40, 48])
    font = ImageFont.truetype(str(_FOLDER / name), size, index=index)
    left, top = size * chance.uniform(0.1, 0.5), size * chance.uniform(0.1, 0.4)
    edges = [left + font.getlength(text[:i]) for i in range(len(text) + 1)]
    width, height = int(edges[-1] + size * chance.uniform(0.1, 0.5)), int(top + size * 1.25)
    paper, ink = chance.randint(205, 255), chance.randint(0, 90)
    image = Image.new("L", (width, height), paper)
    _, above, _, _ = font.getbbox("國")
    ImageDraw.Draw(image).text((left, top - above), text, fill=ink, font=font)
    if chance.random() < 0.4:
        image = image.rotate(chance.uniform(-0.6, 0.6), Image.Resampling.BICUBIC, fillcolor=paper)
    if chance.random() < 0.4:
        image = image.filter(ImageFilter.GaussianBlur(chance.uniform(0.2, 0.035 * size)))
    pixels = np.asarray(image, np.float32)
    if chance.random() < 0.5:
        noise = np.random.default_rng(chance.randint(0, 2**31)).normal(0, 1, pixels.shape)
        pixels = pixels + noise * chance.uniform(2, 18)
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    if chance.random() < 0.3:
        file = BytesIO()
        image.save(file, "JPEG", quality=chance.randint(35, 85))
        image = Image.open(file)
    return np.asarray(image.convert("RGB")), edges


def see(seed: int, count: int, target: Path) -> None:
    """Draw `count` lines, read them, and note each character's features and what it was."""
    networks, lines = Networks(1), Lines(seed)
    features, truth = [], []
    for _ in range(count):
        text = lines.next()
        picture, edges = drawn(text, lines.chance)
        letters = networks.read(picture)
        for i, letter in enumerate(text):
            inside = [one for one in letters if edges[i] < one.at < edges[i + 1]]
            if inside and _HAN.match(letter):
                best = max(inside, key=lambda one: one.choices[0][1])
                features.append(best.features.astype(np.float16))
                truth.append(letter)
    np.savez(target, features=np.array(features), truth=np.array(truth))


def fit(sources: list[Path], target: Path) -> None:
    """One hidden layer, softmax, Adam (Kingma and Ba 2015); the features' scale is put into the
    first layer."""
    seen = [np.load(source) for source in sources]
    rows = np.concatenate([one["features"] for one in seen]).astype(np.float32)
    classes = {letter: i + 1 for i, letter in enumerate(TARGETS)}
    wanted = np.array([classes.get(letter, 0) for one in seen for letter in one["truth"]])
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-3
    rows = (rows - mean) / spread
    chance = np.random.default_rng(1)
    shapes = (
        (rows.shape[1], HIDDEN),
        (1, HIDDEN),
        (HIDDEN, len(classes) + 1),
        (1, len(classes) + 1),
    )
    layers = [
        (chance.normal(0, 1, shape) / np.sqrt(shape[0])).astype(np.float32) * (shape[0] > 1)
        for shape in shapes
    ]
    moments = [(np.zeros_like(layer), np.zeros_like(layer)) for layer in layers]
    step = 0
    for epoch in range(EPOCHS):
        order, rate = chance.permutation(len(rows)), 3e-3 * (1 - epoch / EPOCHS) + 1e-5
        for start in range(0, len(order), 128):
            step += 1
            batch = order[start : start + 128]
            for layer, (first, second), slope in zip(
                layers, moments, slopes(layers, rows[batch], wanted[batch]), strict=True
            ):
                first += 0.1 * (slope - first)
                second += 0.001 * (slope**2 - second)
                pace = rate / (1 - 0.9**step)
                layer -= pace * first / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    w1, b1, w2, b2 = layers
    w1 /= spread[:, None]
    b1 = b1[0] - mean @ w1
    half = {n: v.astype(np.float16) for n, v in (("w1", w1), ("b1", b1), ("w2", w2), ("b2", b2[0]))}
    np.savez(target, characters=np.array(TARGETS), **half)


def slopes(layers: list[np.ndarray], rows: np.ndarray, wanted: np.ndarray) -> list[np.ndarray]:
    """Gradients of the mean cross-entropy, with a little weight decay."""
    w1, b1, w2, b2 = layers
    inner = rows @ w1 + b1
    hidden = np.maximum(inner, 0)
    scores = hidden @ w2 + b2
    scores -= scores.max(axis=1, keepdims=True)
    off = np.exp(scores)
    off /= off.sum(axis=1, keepdims=True)
    off[np.arange(len(rows)), wanted] -= 1
    off /= len(rows)
    back = off @ w2.T * (inner > 0)
    return [
        rows.T @ back + DECAY * w1, back.sum(0, keepdims=True),
        hidden.T @ off + DECAY * w2, off.sum(0, keepdims=True),
    ]  # fmt: skip


def main() -> None:
    match sys.argv[1:]:
        case ["see", seed, count, target]:
            see(int(seed), int(count), Path(target))
        case ["fit", *sources, target] if sources:
            fit([Path(source) for source in sources], Path(target))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
