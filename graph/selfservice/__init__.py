"""Self-service: what customers read of themselves, and what stands behind what they do."""
