"""Alerts: what a person decides about hits, by two people, on evidence that stands still meanwhile.

Pure: `reasons`, `clock`, `digests`, `narrative`, `blind`. `intake` is told of hits and raises, changes,
reopens and withdraws; `assignment`, `dispositions`, `escalation`, `clearances` and `reports` are what people
do; `cases`, `queue` and `statistics` read. Need to know: an alert opens for its assignee and for
reviewers, each opening is an event, and for everyone else it is not there. See docs/screening-alerts.md.
"""
