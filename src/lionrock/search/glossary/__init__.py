"""Glossaries: a tenant's own terms in English, Chinese and Cantonese, and what search makes of them.

Entries come from a person: typed, imported, or accepted from pairs mined of aligned documents. Nothing
mined is searched with until someone accepted it, and no terms are shipped.
"""
