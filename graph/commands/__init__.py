"""Commands of the graph room, one module a topic."""
