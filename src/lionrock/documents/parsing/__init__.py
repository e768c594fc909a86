"""From a file's bytes to a `ParsedDocument`, in a confined child process.

`sandbox.parse` is the way in; everything else runs in the child. It reads, it never writes, and it
knows nothing of tenants, storage or search.
"""
