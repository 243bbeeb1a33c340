"""What can go wrong, as the caller is told.

GraphError
├── Unavailable        UNAVAILABLE      the database cannot be reached right now; try again
├── Timeout            TIMEOUT          the statement took longer than it may
├── InvalidInput       INVALID_INPUT    the input breaks a rule; nothing was changed
├── NotFound           NOT_FOUND        what the input names is not there; nothing was changed
└── Conflict           CONFLICT         the input contradicts what is there; nothing was changed
    ├── Outdated       CONFLICT         it was changed since the caller looked at it
    └── Suppressed     SUPPRESSED       it would bring back somebody who was erased

Engines have their own tree (`graph.engines.errors`), since only whoever starts them sees it.
"""

NOT_THERE = "There is none with this id."
"""What is said of an id that names nothing, and of one that names what is another's: the same."""

UNKNOWN_CALLER = "Whoever asks is not known here, or not any more."


class GraphError(Exception):
    """Something the caller can act on. The message is one sentence without personal data."""

    code = "GRAPH_ERROR"


class Unavailable(GraphError):
    """The database cannot be reached right now; the same request may succeed later."""

    code = "UNAVAILABLE"


class Timeout(GraphError):
    """The statement took longer than it may; ask for less."""

    code = "TIMEOUT"


class InvalidInput(GraphError):
    """The input breaks a rule; nothing was changed."""

    code = "INVALID_INPUT"


class Conflict(GraphError):
    """The input contradicts what is there; nothing was changed."""

    code = "CONFLICT"


class NotFound(GraphError):
    """What the input names is not there; nothing was changed."""

    code = "NOT_FOUND"


class Outdated(Conflict):
    """What the input names was changed since the caller looked at it; nothing was changed."""


class Suppressed(Conflict):
    """The input would bring back somebody who was erased; nothing was changed."""

    code = "SUPPRESSED"
