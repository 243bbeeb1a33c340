"""Our own side: how users are found, and who shared something."""

from graph.statements import Pattern

BY_SUBJECT = Pattern(
    "organisation.by_subject",
    "MATCH (NODE:User {issuer: VALUE.issuer, subject: VALUE.subject})",
)
SHARED_BY = Pattern("organisation.shared_by", "MATCH (NODE:User {id: VALUE.by})")
"""The user who shared something; VALUE is the relationship."""
