"""`GET /metrics`: how the house does, for Prometheus. What it tells and does not tell: docs/metrics.md."""

from lionrock.api.metrics.routes import router

__all__ = ["router"]
