"""Lexical and dense retrieval, fused; ranked passages for a question.

Indexes here can be rebuilt from documents.
"""
