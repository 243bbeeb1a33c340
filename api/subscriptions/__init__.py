"""Subscriptions on the wire: graphql-transport-ws over a WebSocket, or server-sent events."""
