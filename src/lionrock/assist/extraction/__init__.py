"""Typed fields out of documents: labels and patterns first, then a model, and nothing off the page.

Reads pages and makes values with their places; keeps nothing of its own.
"""
