"""Interactions."""

from datetime import datetime

from graph.model import interactions
from loaders.declare import interface, node, prop
from resolvers.nodes import Node
from resolvers.orders import Activity


@interface(interactions.INTERACTION)
class Interaction(Activity):
    """One touch with a party on any channel."""

    at: datetime = prop()
    channel: str = prop()
    subject: str | None = prop()


@node(interactions.EMAIL)
class Email(Interaction):
    """An e-mail."""

    message_id: str | None = prop()


@node(interactions.CALL)
class Call(Interaction):
    """A telephone call."""

    outcome: str | None = prop()
