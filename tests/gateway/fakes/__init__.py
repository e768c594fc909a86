"""Engines that are not there: each kind's protocol on loopback, with switches to misbehave.

`kinds` says what is known of each and from where, `model` what it answers, `server` serves it.
"""
