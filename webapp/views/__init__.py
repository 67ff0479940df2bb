"""The views, one module a topic."""
