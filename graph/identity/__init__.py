"""Identity: which records speak of one party, why, and how that is undone; see docs/identity.md."""
