"""The HTTP door under /v1. Thin: it resolves the actor, calls a service, shapes the answer."""
