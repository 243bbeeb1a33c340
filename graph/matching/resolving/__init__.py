"""Resolution on ingest: whose party a new record joins, and why; see docs/resolving.md."""
