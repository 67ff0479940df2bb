"""What the graph is and what may be asked of it."""
