"""Interactions: every touch with a party on any channel; a task is one with a due date."""

from typing import LiteralString

from graph.model.declare import choice, flag, integer, moment, number, of, string, strings, text
from graph.model.kinds import Node, Pii, Property, Purpose, Relationship, Retention, Type
from graph.model.organisation import USER
from graph.model.parties import PARTY

INTERACTION = Node(
    "Interaction",
    "One touch with a party on any channel.",
    (
        moment("at", "When it took place or was sent, UTC.", required=True, indexed=True),
        choice(
            "channel",
            {
                "EMAIL": "Electronic mail.",
                "PHONE": "Voice over the telephone.",
                "MEETING": "Face to face or by video.",
                "CHAT": "Chat or messenger.",
                "WEB": "Web site or portal.",
                "SOCIAL": "Social network.",
                "POST": "Letter post.",
                "SMS": "Text message.",
                "INTERNAL": "Among us, without the customer.",
            },
            "Channel it went over.",
            required=True,
            indexed=True,
        ),
        choice(
            "direction",
            {
                "INBOUND": "From the customer to us.",
                "OUTBOUND": "From us to the customer.",
                "INTERNAL": "Among us.",
            },
            "From the customer, to the customer, or among us.",
        ),
        string("subject", "What it was about, in a line.", pii=Pii.CONTENT),
        text("body", "What was said or written.", pii=Pii.CONTENT),
        of(Type.LANGUAGE, "language", "Language it was held in."),
        number("sentiment", "Mood of the customer from -1 to 1; null when not measured."),
        integer("durationSeconds", "How long it took, in seconds."),
        choice(
            "visibility",
            {
                "ALL": "All staff.",
                "TEAM": "The team in charge.",
                "PARTICIPANTS": "Only those who took part.",
            },
            "Which staff may read it.",
        ),
        string("thread", "Id of the conversation it belongs to.", indexed=True),
        strings(
            "addresses",
            "Who else took part, as role and address, such as CC ana@example.org: nobody we know.",
            pii=Pii.CONTACT,
        ),
    ),
    Purpose.SERVICE,
    Retention.THREE_YEARS,
    abstract=True,
)


def _kind(name: LiteralString, description: str, *own: Property) -> Node:
    """A concrete kind of interaction."""
    return Node(
        name,
        description,
        own,
        Purpose.SERVICE,
        Retention.THREE_YEARS,
        extends=(INTERACTION,),
        sourced=True,
    )


EMAIL = _kind(
    "Email",
    "An e-mail.",
    string("messageId", "Message-ID of RFC 5322.", pii=Pii.CONTACT, indexed=True),
    string("inReplyTo", "Message-ID of what it answers.", pii=Pii.CONTACT, indexed=True),
    flag("opened", "True when the recipient opened it.", pii=Pii.BEHAVIOUR),
    flag("bounced", "True when it could not be delivered."),
)
CALL = _kind(
    "Call",
    "A telephone call.",
    choice(
        "outcome",
        {
            "REACHED": "They spoke.",
            "NO_ANSWER": "Nobody answered.",
            "VOICEMAIL": "A message was left.",
            "WRONG_NUMBER": "Somebody else answered.",
        },
        "How it ended.",
    ),
)
MEETING = _kind(
    "Meeting",
    "A meeting, on site or online.",
    moment("endsAt", "When it ends, UTC."),
    string("location", "Where it is held."),
)
CHAT = _kind("Chat", "A chat conversation.", string("platform", "Chat platform."))
VISIT = _kind(
    "Visit",
    "A visit to a web page or portal.",
    of(Type.URL, "url", "Page that was visited.", pii=Pii.BEHAVIOUR),
    of(Type.URL, "referrer", "Page the visitor came from.", pii=Pii.BEHAVIOUR),
    integer("pages", "Number of pages seen in the visit.", pii=Pii.BEHAVIOUR),
)
POST = _kind(
    "Post",
    "A post on a social network.",
    string("platform", "Social network."),
    of(Type.URL, "url", "Address of the post."),
)
LETTER = _kind("Letter", "A letter on paper.", string("trackingNumber", "Number of the shipment."))
NOTE = _kind("Note", "A note among staff.", flag("pinned", "True when shown first."))
SURVEY = _kind(
    "Survey",
    "An answer to a satisfaction survey.",
    choice(
        "measure",
        {
            "NPS": "Net promoter score: would recommend, 0 to 10.",
            "CSAT": "Customer satisfaction, 1 to 5.",
            "CES": "Customer effort score: how easy it was, 1 to 7.",
        },
        "Which measure: promoters, satisfaction, effort.",
    ),
    integer("score", "The answer: NPS 0 to 10, CSAT 1 to 5, CES 1 to 7."),
)
TASK = _kind(
    "Task",
    "Something somebody has to do.",
    choice(
        "status",
        {
            "OPEN": "Still to do.",
            "DONE": "Somebody did it.",
            "CANCELLED": "No longer needed.",
        },
        "Where the task stands.",
        indexed=True,
    ),
    choice(
        "priority",
        {
            "LOW": "Can wait.",
            "NORMAL": "In its turn.",
            "HIGH": "Before others.",
            "URGENT": "At once.",
        },
        "How urgent it is.",
    ),
    moment("dueAt", "When it must be done, UTC.", indexed=True),
    moment("remindAt", "When whoever is in charge wants to be reminded, UTC."),
    moment("completedAt", "When it was done, UTC."),
)

PARTICIPATED_IN = Relationship(
    "PARTICIPATED_IN",
    (PARTY, USER),
    (INTERACTION,),
    "A party or user took part.",
    (
        choice(
            "role",
            {
                "FROM": "Sent it or called.",
                "TO": "Received it or was called.",
                "CC": "Received a copy.",
                "HOST": "Invited to it.",
                "ATTENDEE": "Was there.",
                "SUBJECT": "It was about this party.",
                "MENTIONED": "Was named in its text.",
            },
            "Part taken.",
        ),
    ),
    key=("role",),
)
NEXT_IN_THREAD = Relationship(
    "NEXT_IN_THREAD", (INTERACTION,), (INTERACTION,), "The next interaction of a conversation."
)

NODES = (
    INTERACTION, EMAIL, CALL, MEETING, CHAT, VISIT, POST, LETTER, NOTE, SURVEY, TASK,
)  # fmt: skip
RELATIONSHIPS = (PARTICIPATED_IN, NEXT_IN_THREAD)
