"""The audit log: events as leaves of a Merkle tree that outsiders can verify without trusting us.

C2SP tlog-tiles and tlog-checkpoint over RFC 6962 hashes; one log a tenant, under a platform log.
Pure: `canonical`, `leaves`, `merkle`, `tiles`, `edge`, `notes`, `checkpoints`, `cosignatures`,
`proofs`, `verify`. With files: `store`, `keys`. With the database: `sequencer`, `service`,
`witnesses`, `exports`. What may not live here: document content and names of people.
"""
