"""Capabilities that word answers: ask.

Every sentence shown is checked against its source here.
"""
