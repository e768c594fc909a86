"""A template small enough to read, and a policy to draft from."""

from __future__ import annotations

NOTE = """+++
name = "note-en"
title = "A note"
genre = "file-note"
language = "en"

[[field]]
name = "our_ref"
label = "Our ref."
type = "reference"

[[field]]
name = "date"
label = "Date"
type = "date"

[[field]]
name = "copy_to"
label = "Copies to"
required = false
+++
Our ref.: {{ our_ref }}
>> {{ date }}

# The matter

[[ Rule: How long does the bank keep customer due diligence records? ]]

c.c. {{ copy_to }}
"""
POLICY = """# Record keeping

The bank keeps customer due diligence records for at least seven years after the relationship ends.

# Gifts

Staff must not accept gifts worth more than HK$500 from any customer.
"""


def note(**changes: str) -> bytes:
    """The note with texts put in the place of others, given as `was`=`becomes` pairs."""
    text = NOTE
    for was, becomes in changes.items():
        assert was in text, was
        text = text.replace(was, becomes)
    return text.encode()
