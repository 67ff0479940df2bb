"""A program of one file by which anybody can verify exported audit events, without the graph and without our code."""
