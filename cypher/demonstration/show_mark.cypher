// When the graph was marked as one in which everybody is invented; no row if it is not.
MATCH (demonstration:Demonstration {id: "graph"})
RETURN demonstration.at AS at
LIMIT 1
