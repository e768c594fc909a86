"""Clients that nobody here wrote, unchanged, at the gateway's door."""
