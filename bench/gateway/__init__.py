"""The gateway, measured: see `__main__`."""
