// Nothing: the graph may be read up to this run.
MERGE (publication:Publication {id: "graph"})
SET publication.published = $published, publication.withdrawn = [], publication.last_run = $published
