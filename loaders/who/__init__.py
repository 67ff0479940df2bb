"""Who is who: which known person a record is about, or that nobody can tell, or that it is of a person not yet known.

A room of its own: it knows tables of records and nothing of the graph. `linking` is the way of a record through it.
"""
