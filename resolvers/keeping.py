"""For how long answers may be kept, in seconds.

It bounds how long a writer outside of this program can go unnoticed: our own writes make what they
change stale at once. A type that says nothing is never kept: consents, users, requests, and
everything else that decides what somebody may do.
"""

BUSINESS = 30
"""Customers, documents and interactions: others may load them behind our back."""

REFERENCE = 300
"""Products, programs, campaigns: they change a few times a day."""
