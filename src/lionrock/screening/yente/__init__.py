"""yente's API (5.5, by OpenSanctions) over the lists of a tenant: shapes, datasets, scores, conversion.

`service` does the work with the registry's screening; the rest is pure. Shapes after yente's own models
(yente/data/common.py, MIT licence) and its client library.
"""
