"""Machinery: history, audit, jobs, rules, and what else the server keeps for itself."""

from graph.model.declare import choice, flag, integer, moment, number, of, string, strings, text
from graph.model.kinds import Node, Pii, Purpose, Relationship, Retention, Type
from graph.model.parties import PARTY, PERSON

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
    indexes=(("entityId", "validFrom"), ("label", "validTo")),
)
CHANGE_EVENT = Node(
    "ChangeEvent",
    "One change: who changed which fields of what, and when.",
    (
        string("id", "UUID of the event.", required=True),
        string("actor", "Who made the change."),
        string("op", "Name of the business action."),
        text("reason", "Why, in the words of who made it.", pii=Pii.CONTENT),
        string("entity", "Id of the node that changed.", indexed=True),
        string("label", "Label of that node."),
        strings("fields", "Names of the properties that changed."),
        integer("version", "Version the node had afterwards."),
        moment("at", "When, UTC.", indexed=True),
        strings("parties", "Ids of the parties concerned, as far as the writer knew them."),
        string("prev", "Digest of the previous event of the same node."),
        string("digest", "SHA-256 of salt and patch."),
        string("salt", "Random salt of the digest; erased with the person."),
        of(Type.JSON, "patch", "Values written; erased with the person.", pii=Pii.CONTENT),
        integer("seq", "Number in the chain of all events; null until it is chained."),
        string("chain", "SHA-256 of this event and of the chain before it."),
    ),
    Purpose.LEGAL,
    Retention.TEN_YEARS,
    machinery=True,
    keys=(("id",), ("seq",)),
)
MATCH_RUN = Node(
    "MatchRun",
    "The last batch of matching of a kind of party that was finished.",
    (
        string("kind", "Label of the parties.", required=True),
        string("model", "Name and version of the model."),
        moment("startedAt", "When it began to read, UTC."),
        moment("finishedAt", "When it was finished, UTC."),
    ),
    Purpose.OPERATION,
    machinery=True,
    keys=(("kind",),),
)
RELAY = Node(
    "Relay",
    "The end of the chain of events, and which worker may make it longer.",
    (
        string("name", "Always `outbox`.", required=True),
        integer("seq", "Number of the last event of the chain.", required=True),
        string("chain", "Chain value of that event."),
        string("holder", "Token of the worker that may number events."),
        integer("until", "When its turn ends, in milliseconds since 1970 by the database's clock."),
    ),
    Purpose.OPERATION,
    machinery=True,
    keys=(("name",),),
)
ARCHIVED = Node(
    "Archived",
    "A node that was put away; its labels are a property, its relationships former ones.",
    (
        string("id", "Id of the node.", required=True),
        strings("archivedLabels", "Labels to be given back."),
        string("source", "Its system, if it came from one: the same row again finds it here."),
        string("externalId", "Its id in that system."),
        moment("archivedAt", "When, UTC."),
        string("archivedBy", "Id of the event; former relationships that come back carry it, too."),
        string("mergedInto", "Id of the party it was merged into; null when it was put away."),
    ),
    Purpose.OPERATION,
    machinery=True,
    keys=(("id",),),
    indexes=(("source", "externalId"),),
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
SECRET = Node(
    "Secret",
    "A random value that all processes of this graph share, for keyed digests.",
    (
        string("name", "What it is for.", required=True),
        string("value", "32 bytes in hexadecimal.", pii=Pii.CREDENTIAL),
    ),
    Purpose.SECURITY,
    machinery=True,
    keys=(("name",),),
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
        moment("dueAt", "Not before this, UTC; null for at once."),
        string("error", "Code of what stopped it; null when nothing did."),
        of(Type.JSON, "parameters", "What it was asked to do.", internal=True),
        integer("attempts", "How often it was started.", internal=True),
        string("holder", "Token of the worker that runs it.", internal=True),
        integer(
            "until",
            "When a silent worker loses it, in milliseconds since 1970 by the database's clock.",
            internal=True,
        ),
    ),
    Purpose.OPERATION,
    Retention.YEAR,
    keys=(("kind", "key"),),
    indexes=(("state", "dueAt"),),
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
        moment("disabledAt", "When it was switched off because nobody answered, UTC."),
    ),
    Purpose.OPERATION,
    sourced=True,
)
WEBHOOK_STATE = Node(
    "WebhookState",
    "How far a webhook has been told of changes.",
    (
        string("id", "Id of the webhook.", required=True),
        integer("position", "Number of the last event that was looked at.", required=True),
        moment("failingSince", "Since when nobody answers, UTC; null while somebody does."),
    ),
    Purpose.OPERATION,
    machinery=True,
    keys=(("id",),),
)
DELIVERY = Node(
    "Delivery",
    "One change on its way to one webhook.",
    (
        string("id", "UUID, the same for every attempt.", required=True),
        string("webhook", "Id of the webhook.", required=True),
        string("event", "Id of the event.", required=True),
        integer("seq", "Number of the event.", required=True),
        choice(
            "state",
            {
                "QUEUED": "Waits for its first or next attempt.",
                "DELIVERED": "Was accepted.",
                "FAILED": "Was given up.",
            },
            "What has become of it.",
            required=True,
        ),
        integer("attempts", "How often it was sent.", required=True),
        integer("due", "When it is sent, in milliseconds since 1970 by the database's clock."),
        integer("status", "HTTP status of the last answer; null without one."),
        string("error", "Why the last attempt failed; null when it did not."),
        integer("millis", "How long the last attempt took, in milliseconds."),
        moment("at", "When it was queued, UTC.", required=True),
        moment("sentAt", "When it was sent last, UTC."),
    ),
    Purpose.OPERATION,
    Retention.MONTH,
    machinery=True,
    keys=(("id",),),
    indexes=(("state", "due"), ("webhook", "seq")),
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
        moment("retiredAt", "When it went out of use, UTC; null while it is in use."),
    ),
    Purpose.OPERATION,
    keys=(("label", "name"),),
)
DATA_ACCESS = Node(
    "DataAccess",
    "Somebody read personal data: one user, one operation, one second, any number of people.",
    (
        string("id", "Follows from who, what and when.", required=True),
        moment("at", "The second in which it was read, UTC.", required=True, indexed=True),
        string("actor", "Issuer and subject of who read, with a | between.", required=True),
        choice(
            "audience",
            {
                "STAFF": "Somebody who works for us, or a program of ours.",
                "PARTNER": "Somebody who works for a partner.",
            },
            "Which audience the reader belongs to.",
            required=True,
        ),
        string(
            "operation",
            "Name of the GraphQL operation, or a digest of its text.",
            required=True,
        ),
        strings("classes", "Which kinds of personal data were read, such as NAME or CONTACT."),
    ),
    Purpose.LEGAL,
    Retention.YEAR,
    machinery=True,
    keys=(("id",),),
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
SAW = Relationship("SAW", (DATA_ACCESS,), (PERSON,), "Whose personal data was read.", history=False)

NODES = (
    VERSION, CHANGE_EVENT, RELAY, ARCHIVED, IDEMPOTENCY_KEY, SECRET, JOB, LEGAL_HOLD, SUPPRESSION,
    RULE, WEBHOOK, WEBHOOK_STATE, DELIVERY, FIELD_DEF, DATA_ACCESS, MATCH_RUN, MIGRATION,
)  # fmt: skip
RELATIONSHIPS = (WAS, HELD_BY, SAW)
