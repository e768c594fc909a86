"""Drafts: templates with typed fields, and sections worded from chosen documents only."""
