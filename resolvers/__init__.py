"""The shape: Strawberry types, one file per domain; the public contract."""
