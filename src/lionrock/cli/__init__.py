"""The command line. Thin: a client of the HTTP door over a private socket."""
