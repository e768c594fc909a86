"""Why a request, or a part of it, is refused: each ground with the section it was read in.

Personal Data (Privacy) Ordinance (Cap. 486), e-Legislation version of 1 October 2022, read on
20 July 2026. Which ground holds in a case is for the institution to say.
"""

from __future__ import annotations

from typing import Final

REFUSING_ACCESS: Final = {
    "identity": "s. 20(1)(a): the requestor's identity or authority is not shown",
    "other-person": "s. 20(1)(b): not without disclosing another individual's data, even redacted",
    "prohibited": "s. 20(1)(c): prohibited by an ordinance",
    "not-in-writing": "s. 20(3)(a): not in writing in Chinese or English",
    "not-located": "s. 20(3)(b): not enough is said to find the data",
    "repeated": "s. 20(3)(c): follows two or more similar requests and is unreasonable",
    "other-data-user": "s. 20(3)(d): another data user controls the use of the data",
    "form": "s. 20(3)(e): not in the form specified under s. 67",
    "entitled": "s. 20(3)(ea): an ordinance entitles the data user not to comply",
    "exemption": "s. 20(3)(f): an exemption under Part 8",
    "fee": "s. 28(5): the fee has not been paid",
}

REFUSING_CORRECTION: Final = {
    "identity": "s. 24(1): the requestor's identity or authority is not shown",
    "not-in-writing": "s. 24(3)(a): not in writing in Chinese or English",
    "not-inaccurate": "s. 24(3)(b): not satisfied that the data is inaccurate",
    "not-located": "s. 24(3)(c): not enough is said of what is inaccurate",
    "correction-doubted": "s. 24(3)(d): not satisfied that the correction is accurate",
    "other-data-user": "s. 24(3)(e): another data user controls the processing of the data",
}

LEAVING_OUT: Final = {
    "not-this-person": "it is about somebody else",
    "duplicate": "the same is in the copy from another place",
    "other-person": "s. 20(1)(b): another individual's data, which redaction does not separate",
    "prohibited": "s. 20(1)(c): prohibited by an ordinance",
    "staff-planning": "s. 53: staff planning",
    "relevant-process": "s. 55: a process of appraisal before a decision is made",
    "reference": "s. 56: a personal reference",
    "security": "s. 57: security, defence or international relations of Hong Kong",
    "crime": "s. 58: crime, unlawful conduct, tax",
    "health": "s. 59: health",
    "privilege": "s. 60: legal professional privilege",
    "self-incrimination": "s. 60A: self-incrimination",
    "legal-proceedings": "s. 60B: legal proceedings",
    "statistics": "s. 62: statistics and research",
}
