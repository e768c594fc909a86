"""Screening many on other machines: a range of queries and an index go out, entries' ids come back.

`cluster` is the house's side, `driver` the child process between, `ranges` what a cluster's workers do.
"""
