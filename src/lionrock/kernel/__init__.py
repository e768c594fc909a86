"""Tenants and actors, permissions, the database session, events, runs, secrets, processes.

Knows nothing of documents or models, and imports no other room.
"""
