"""The only room that speaks to Neo4j: the connection, queries kept in files, migrations."""

import logging

from graph.store.database import Database, Transaction
from graph.store.query import Query

# What the driver tells its log while it tries again is said once and plainly by our own errors.
logging.getLogger("neo4j").addHandler(logging.NullHandler())

__all__ = ["Database", "Query", "Transaction"]
