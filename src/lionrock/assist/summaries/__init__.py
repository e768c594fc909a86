"""Summaries: the salient sentences of documents, worded by a model and checked, or quoted.

Nothing here words a sentence that is shown without its checks (`checking`).
"""
