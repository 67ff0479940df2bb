// The node that says up to which run the graph may be read, and the authority called unknown.
MERGE (publication:Publication {id: "graph"})
  ON CREATE SET publication.published = 0, publication.withdrawn = [];
MERGE (authority:LocalAuthority {gss_code: "unknown"})
  ON CREATE SET authority.run = 0;
