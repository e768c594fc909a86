"""Searches that members keep, and what new documents bring for them.

A question and its filters are the member's own: sealed, and seen by nobody else. What matches is kept
as ids; whoever looks sees of it what they may read at that moment.
"""
