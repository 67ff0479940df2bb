"""The nouns of the directory and the rules that need no graph: plain Python."""
