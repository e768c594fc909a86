"""The catalogue, pulling and verifying weights, engines and embeddings.

Holds no tenant data.
"""
