"""A document's names against the lists: found on its pages, screened, each with its places.

Reads documents by `documents.service`, screens by `registry`; words nothing for people.
"""
