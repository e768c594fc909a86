"""The translation memory: pairs of segments that people accepted or that came in a TMX file.

What was made from a document of the library is sealed with that document's key, found only by those who
may read it, and gone with it; the rest belongs to the tenant.
"""
