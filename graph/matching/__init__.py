"""Matching: which records may speak of one party; see docs/matching.md."""
