"""Screening's rooms as personal data: customers, cases, kept screenings, screened files.

Each is found for an access request, copied out, kept for as long as the law or the tenant's class says,
and erased: `PersonalDataSource` and `Eraser` of `kernel/privacy/sources.py`. What is said of hits and
cases to the person they are about is what tips nobody off (Cap. 405 and Cap. 455, s. 25A(5)).
"""
