"""Measures of name screening. `python -m screening` in this folder's parent runs all of them."""
