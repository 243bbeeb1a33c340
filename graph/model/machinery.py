"""Machinery: history, audit, jobs, rules, and what else the server keeps for itself."""

from graph.model.declare import choice, flag, integer, moment, number, of, string, strings, text
from graph.model.kinds import Node, Pii, Purpose, Relationship, Retention, Type
from graph.model.parties import PARTY

VERSION = Node(
    "Version",
    "A former state of a node, with all the properties it had.",
    (
        string("entityId", "Id of the node.", required=True),
        string("label", "Label of the node."),
        integer("version", "Number of the state."),
        moment("validFrom", "When the state was recorded, UTC.", required=True),
        moment("validTo", "When the next state was recorded, UTC.", required=True),
    ),
    Purpose.LEGAL,
    machinery=True,
    indexes=(("entityId", "validFrom"),),
)
CHANGE_EVENT = Node(
    "ChangeEvent",
    "One change: who changed which fields of what, and when.",
    (
        string("id", "UUID of the event.", required=True),
        string("actor", "Who made the change."),
        string("op", "Name of the business action."),
        string("entity", "Id of the node that changed.", indexed=True),
        string("label", "Label of that node."),
        strings("fields", "Names of the properties that changed."),
        integer("version", "Version the node had afterwards."),
        moment("at", "When, UTC.", indexed=True),
        string("prev", "Digest of the previous event of the same node."),
        string("digest", "SHA-256 of salt and patch."),
        string("salt", "Random salt of the digest; erased with the person."),
        of(Type.JSON, "patch", "Values written; erased with the person.", pii=Pii.CONTENT),
        integer("seq", "Number in the chain of all events; null until it is chained."),
    ),
    Purpose.LEGAL,
    Retention.TEN_YEARS,
    machinery=True,
    keys=(("id",),),
)
IDEMPOTENCY_KEY = Node(
    "IdempotencyKey",
    "A repeatable request and its answer.",
    (
        string("key", "Principal and key of the request.", required=True),
        string("request", "HMAC of the request."),
        of(Type.JSON, "result", "Ids and codes that were answered."),
        moment("at", "When it first ran, UTC.", indexed=True),
    ),
    Purpose.OPERATION,
    Retention.MONTH,
    machinery=True,
    keys=(("key",),),
)
JOB = Node(
    "Job",
    "A long piece of work and how far it has come.",
    (
        string("kind", "What it does, such as IMPORT.", required=True, indexed=True),
        string("key", "What it works on; one job per kind and key runs at a time."),
        choice(
            "state",
            {
                "QUEUED": "Waits for its turn.",
                "RUNNING": "Under way.",
                "DONE": "Finished without an error.",
                "FAILED": "Stopped by an error.",
                "CANCELLED": "Stopped by somebody.",
            },
            "Where it stands.",
            required=True,
        ),
        integer("done", "Units finished."),
        integer("total", "Units in all; null when not known."),
        of(Type.JSON, "position", "Where to resume."),
        of(Type.JSON, "summary", "Counts by outcome."),
        moment("startedAt", "When it started, UTC."),
        moment("endedAt", "When it ended, UTC."),
    ),
    Purpose.OPERATION,
    Retention.YEAR,
    keys=(("kind", "key"),),
)
LEGAL_HOLD = Node(
    "LegalHold",
    "A reason why data of a party must not be erased.",
    (
        string("reason", "Why the data must be kept.", required=True),
        moment("from", "Since when, UTC."),
        moment("to", "Until when, UTC; null while it lasts."),
    ),
    Purpose.LEGAL,
)
SUPPRESSION = Node(
    "Suppression",
    "A digest of an identifier that must not come back.",
    (
        string("kind", "Kind of identifier.", required=True),
        string("digest", "Keyed digest of the identifier.", required=True),
        moment("at", "When it was suppressed, UTC."),
    ),
    Purpose.LEGAL,
    machinery=True,
    keys=(("kind", "digest"),),
)
RULE = Node(
    "Rule",
    "When something happens and a condition holds, do something.",
    (
        string("name", "Name of the rule.", required=True, indexed=True),
        string("event", "What sets it off."),
        of(Type.JSON, "condition", "Filter that must hold."),
        of(Type.JSON, "action", "What is done."),
        flag("active", "False when switched off."),
        number("delayHours", "How long to wait, in hours."),
    ),
    Purpose.OPERATION,
    sourced=True,
)
WEBHOOK = Node(
    "Webhook",
    "An address that is told of changes.",
    (
        of(Type.URL, "url", "Where changes are sent.", required=True, indexed=True),
        strings("events", "Which changes."),
        string("secret", "Signing secret.", pii=Pii.CREDENTIAL),
        text("selection", "GraphQL selection that is sent."),
        flag("active", "False when switched off."),
    ),
    Purpose.OPERATION,
    sourced=True,
)
FIELD_DEF = Node(
    "FieldDef",
    "A custom field: a property x_<name> on nodes of one label.",
    (
        string("name", "Name without the x_.", required=True, indexed=True),
        string("label", "Label of the nodes that may have it.", required=True),
        string("title", "Name as it is shown."),
        choice(
            "type",
            {
                "STRING": "One line of text.",
                "TEXT": "Several lines of text.",
                "INTEGER": "A whole number.",
                "FLOAT": "A number with decimals.",
                "BOOLEAN": "True or false.",
                "DATETIME": "A point in time.",
                "DATE": "A calendar day.",
            },
            "How it is stored.",
            required=True,
        ),
        string("purpose", "Why it is kept."),
        string("retention", "How long it is kept."),
    ),
    Purpose.OPERATION,
    keys=(("label", "name"),),
)
MIGRATION = Node(
    "Migration",
    "A schema change that was applied to this graph.",
    (
        string("name", "Name of the change.", required=True),
        string("statement", "What was run."),
        integer("position", "Its place in the order."),
        moment("appliedAt", "When, UTC."),
    ),
    Purpose.OPERATION,
    machinery=True,
    keys=(("name",),),
)

WAS = Relationship("WAS", (PARTY,), (VERSION,), "A former state of the node.", history=False)
HELD_BY = Relationship("HELD_BY", (PARTY,), (LEGAL_HOLD,), "A legal hold protects the party.")

NODES = (
    VERSION, CHANGE_EVENT, IDEMPOTENCY_KEY, JOB, LEGAL_HOLD, SUPPRESSION, RULE, WEBHOOK, FIELD_DEF,
    MIGRATION,
)  # fmt: skip
RELATIONSHIPS = (WAS, HELD_BY)
