"""Payments: ISO 20022 and SWIFT messages read into one shape, and what of them is screened.

Everything here is pure: bytes in, payments, queries and answers out. What cannot be read is refused with
the place, never guessed at; what is not known to be free of names is screened.
"""
