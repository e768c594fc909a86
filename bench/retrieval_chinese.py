"""DRCD (paragraphs of reading comprehension) and E.SUN (a bank's questions), Traditional Chinese."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from dataclasses import replace
from uuid import UUID

from common import data, figure
from lionrock.documents.language import to_simplified
from lionrock.documents.parsing.pdf import parse_pdf
from lionrock.documents.passages import TARGET_UNITS, passages
from lionrock.documents.sentences import sentences
from retrieval_common import Asked, Options, line, measured, sampled
from shelf import WEIGHED, Shelf, Text


async def drcd(options: Options) -> None:
    articles = json.loads((data("drcd") / "DRCD_dev.json").read_text())["data"]
    texts, asked = list[Text](), list[Asked]()
    for article in articles:
        for paragraph in article["paragraphs"]:
            for one in paragraph["qas"]:
                asked.append(Asked(str(one["id"]), one["question"], frozenset({len(texts)})))
            texts.append(Text(paragraph["context"]))
    print(f"DRCD dev: {len(texts)} paragraphs, {len(asked)} questions (half A / half B)")
    with Shelf(texts) as shelf:
        for name, script in (("drcd_hit1", str), ("drcd_hit1_simplified", to_simplified)):
            written = [replace(a, question=script(a.question)) for a in asked]
            ranked = [shelf.ranked(a.question, shelf.words(a.question)) for a in written]
            found = measured(written, ranked)
            line(f"words ({name.removeprefix('drcd_')})", found, "hit@1")
            if options.vectors is not None:
                few = sampled(written, min(options.sample, 200))
                words = [shelf.words(a.question) for a in few]
                near = await shelf.near(
                    options.vectors, [a.question for a in few],
                    [shelf.ranked(a.question, w)[:10] for a, w in zip(few, words, strict=True)],
                )  # fmt: skip
                alone = [shelf.ranked(a.question, w) for a, w in zip(few, words, strict=True)]
                both = [
                    shelf.ranked(a.question, w, n) for a, w, n in zip(few, words, near, strict=True)
                ]
                line(f"… on {len(few)} sampled questions", measured(few, alone), "hit@1")
                line("+ meaning, of the first 10 by words", measured(few, both), "hit@1")
                figure(f"{name}_sampled", measured(few, both)["hit@1"])
            figure(name, found["hit@1"])


def _cut(text: str) -> list[str]:
    """Plain text in passages of the product's size, cut between sentences."""
    parts, start = list[str](), 0
    for _, end in sentences(text):
        if end - start > TARGET_UNITS * 1.6:
            parts.append(text[start:end])
            start = end
    return [p for p in (*parts, text[start:]) if p.strip()]


def _document(category: str, number: int) -> UUID:
    return UUID(int=({"insurance": 1, "finance": 2, "faq": 3}[category] << 32) + number)


def _candidates() -> tuple[list[Text], set[UUID]]:
    """Every candidate: from its PDF where there is one, else from the text that was given of it."""
    folder, texts, read = data("esun"), list[Text](), set[UUID]()
    for path in sorted((folder / "pdfs").glob("*.pdf")):
        category, _, number = path.stem.partition("-")
        document = _document(category, int(number))
        parsed = parse_pdf(path, path.stem, lambda *_: None)
        found = [Text(p.text, p.heading, document) for p in passages(parsed)]
        if found:
            texts += found
            read.add(document)
    insurance = json.loads((folder / "insurance_all_str.json").read_text())
    with gzip.open(folder / "finance_text_candidates.json.gz") as file:
        finance = json.load(file)
    for category, given in (("insurance", insurance), ("finance", finance)):
        for number, text in given.items():
            document = _document(category, int(number))
            if document not in read:
                texts += [Text(part, "", document) for part in _cut(text)]
    for number, listed in json.loads((folder / "pid_map_content.json").read_text()).items():
        if number.isdigit() and isinstance(listed, list):
            asked = [f"{one['question']}\n{'、'.join(one['answers'])}" for one in listed]
            texts.append(Text("\n".join(asked), "", _document("faq", int(number))))
    return texts, read


async def esun(options: Options) -> None:
    asked = json.loads((data("esun") / "questions_dev75.json").read_text())
    texts, read = _candidates()
    scanned = {int(p.stem) for p in (data("esun") / "scanned").glob("*.pdf")}
    print(f"E.SUN dev: {len(asked)} questions, {len(texts)} passages, {len(read)} PDFs read")
    right: defaultdict[str, list[bool]] = defaultdict(list)
    with Shelf(texts) as shelf:
        have = {t.document for t in texts}
        missing = sum(_document(q["category"], q["gold"]) not in have for q in asked)
        print(f"  {missing} questions whose answer has no text (scans): counted as wrong")
        for one in asked:
            documents = [_document(one["category"], n) for n in one["source"]]
            words = shelf.words(one["query"], documents=documents)
            ranked = shelf.ranked(one["query"], words)
            orders = {"words": ranked}
            if options.vectors is not None:
                near = await shelf.near(options.vectors, [one["query"]], [ranked[: WEIGHED // 5]])
                orders["+ meaning, of the first 10 by words"] = shelf.ranked(
                    one["query"], words, near[0]
                )
            gold = _document(one["category"], one["gold"])
            for name, order in orders.items():
                hit = bool(order) and texts[order[0]].document == gold
                right[name].append(hit)
                right[f"  {one['category']}"].append(hit) if name == list(orders)[-1] else None
    for name, hits in right.items():
        print(f"  {name:<44} P@1 {sum(hits) / len(hits):.3f} ({sum(hits)} of {len(hits)})")
    last = "+ meaning, of the first 10 by words" if options.vectors is not None else "words"
    print(f"  {len(scanned)} of the candidates are scans without a text layer")
    figure("esun_p1", sum(right[last]) / len(right[last]))
