"""The only room that speaks to Neo4j: the connection, queries kept in files, migrations."""

from graph.store.database import Database, Transaction
from graph.store.query import Query

__all__ = ["Database", "Query", "Transaction"]
