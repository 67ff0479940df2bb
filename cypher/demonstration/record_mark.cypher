// Nothing: the graph is marked as one in which everybody is invented.
MERGE (demonstration:Demonstration {id: "graph"})
ON CREATE SET demonstration.at = $at
