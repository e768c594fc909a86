"""The desk's tasks that read documents: one module a question."""
