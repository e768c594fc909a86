"""What a tenant has decided about calls: its guards, and the most that is kept; and its share.

`rules` says what counts for one call, `cache` remembers that for a moment, `service` shows and changes it.
"""
