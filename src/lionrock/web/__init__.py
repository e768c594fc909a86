"""The pages. Thin: server-rendered, three languages, no content of its own."""
