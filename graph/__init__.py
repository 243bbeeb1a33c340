"""The truth: the model, Cypher, the write path and the engines."""
