"""Capabilities that work on documents: ask, and the tasks of the desk, a package each.

What they make is checked against its source here (`checks`, `support`), and what fails is shown as failed.
"""
