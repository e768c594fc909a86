"""Comparing two entities, and finding the listed ones that are like a given one."""
