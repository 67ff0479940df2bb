"""Verbs: everything that Signpost can do, one module a topic. `disclosure` is the one way out for personal data."""
