"""What the thresholds do, measured on an institution's own lists, customers and decisions, as a report.

`service` reads and screens; `variants` and `simulation` are pure; `facts` is what the report says,
`wording` how in two languages, `paper` its PDF. Nothing of it is kept but an event with its SHA-256.
"""
