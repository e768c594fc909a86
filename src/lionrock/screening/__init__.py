"""Screening: lists, names, matching, alerts, payments, rescreening.

`names` and `matching` are pure: text and entities in, scores with their evidence out; no database, no
settings. `lists` reads what authorities publish. What a tenant keeps (list versions, customers, alerts)
goes through the kernel's tenant sessions like everything else. No front door is imported here.
"""
