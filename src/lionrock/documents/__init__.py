"""Storing, parsing, pages and passages, sentences, language.

Does not rank and does not call models.
"""
