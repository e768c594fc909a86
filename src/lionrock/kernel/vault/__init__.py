"""Encryption at rest: data keys for each tenant and scope, sealed fields and files, erasure by key.

`scopes` names what can be erased by itself; `sealing` seals a field and `streams` a file; `sources`
holds the key everything hangs from; `store` keeps wrapped data keys apart from what they seal;
`service` is what other rooms use; `upgrade` seals what an older release left open.
"""
