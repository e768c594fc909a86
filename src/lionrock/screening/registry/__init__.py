"""Lists and their versions, customers, and the screening of one against the other.

`lists`, `imports` and `differences` keep lists; `customers` the book; `indexes` what is built of
both; `screener` screens; `service`, `batches` and `continuous` are its three uses. Bodies are
sealed; ids of entries are keyed hashes of the sources' own. See docs/screening-registry.md.
"""
