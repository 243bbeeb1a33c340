"""Every business action that changes the graph, by domain; each module ends in its `ACTIONS`."""

from graph.actions import (
    archive,
    campaigns,
    cases,
    companies,
    consents,
    fields,
    households,
    identifiers,
    ingest,
    interactions,
    notes,
    opportunities,
    people,
    privacy,
    relationships,
    shares,
    tasks,
)
from graph.write.actions import Mutation

ALL: tuple[Mutation, ...] = (
    *people.ACTIONS,
    *companies.ACTIONS,
    *households.ACTIONS,
    *relationships.ACTIONS,
    *identifiers.ACTIONS,
    *consents.ACTIONS,
    *shares.ACTIONS,
    *archive.ACTIONS,
    *fields.ACTIONS,
    *interactions.ACTIONS,
    *ingest.ACTIONS,
    *notes.ACTIONS,
    *tasks.ACTIONS,
    *opportunities.ACTIONS,
    *cases.ACTIONS,
    *campaigns.ACTIONS,
    *privacy.ACTIONS,
)
"""All of them, in the order of the schema."""
