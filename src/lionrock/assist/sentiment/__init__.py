"""Sentiment: how a text speaks, of what, whether it complains, and who may need care.

`words` finds listed words in a text, in four languages; `polarity` and `signs` say what they mean.
`features` and `classifier` are the small model that a tenant's own examples train (`training`, in a
child process); `classifiers` keeps it sealed. `sentiment` is the capability, for one text, a document or a
file (`examples`). What words alone cannot tell, of what a text speaks and why, a model does (`aspects`).
"""
