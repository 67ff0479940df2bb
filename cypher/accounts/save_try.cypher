// Nothing: one more wrong word was given with a link.
MATCH (activation:Activation {key: $key})
SET activation.tries = activation.tries + 1
