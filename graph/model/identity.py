"""Identity: what each system said of a party, and the identifiers that point to it."""

from graph.model.declare import choice, flag, integer, moment, number, string
from graph.model.kinds import Node, Pii, Property, Purpose, Relationship, Retention
from graph.model.parties import COMPANY, HOUSEHOLD, PARTY, PERSON


def _said() -> tuple[Property, ...]:
    """Every property a source may state of a party, under the party's own name for it."""
    found: dict[str, Property] = {}
    for node in (PARTY, PERSON, COMPANY, HOUSEHOLD):
        for each in node.own:
            found.setdefault(
                each.name,
                Property(
                    each.name,
                    each.type,
                    each.description,
                    each.pii,
                    values=each.values,
                    meanings=each.meanings,
                ),
            )
    return tuple(found.values())


def _blocks() -> tuple[Property, ...]:
    """What candidates for the same party are found by, see docs/resolving.md."""
    told = "Digest of something that records of one party tend to have in common."
    names = ("block1", "block2", "block3", "block4")
    return tuple(string(each, told, pii=Pii.CONTACT, indexed=True, internal=True) for each in names)


SOURCE_RECORD = Node(
    "SourceRecord",
    "What one system said of a person, company or household; the party is derived from these.",
    (
        string("source", "Name of the system.", required=True),
        string("externalId", "Id of the record in that system.", required=True),
        choice(
            "kind",
            {
                "PERSON": "The record describes a human being.",
                "COMPANY": "The record describes an organisation.",
                "HOUSEHOLD": "The record describes people who live together.",
            },
            "What the record describes.",
            required=True,
        ),
        moment("observedAt", "When the system said so, UTC."),
        number("trust", "How far the source is believed, from 0 to 1."),
        *_blocks(),
        *_said(),
    ),
    Purpose.CONTRACT,
    Retention.TEN_YEARS,
    keys=(("source", "externalId"),),
)

IDENTIFIER = Node(
    "Identifier",
    "Something that points to a party: an address, a number, a device.",
    (
        choice(
            "kind",
            {
                "EMAIL": "An e-mail address, in lower case.",
                "PHONE": "A telephone number in E.164.",
                "DOMAIN": "An internet domain.",
                "TAX_ID": "A VAT or tax identification number.",
                "DEVICE": "A device or cookie id.",
                "SOCIAL": "An account of a social network.",
                "LOYALTY_CARD": "The number of a loyalty card.",
            },
            "What kind of identifier it is.",
            required=True,
        ),
        string("value", "Normalised value.", pii=Pii.CONTACT, required=True),
        string("display", "Value as it was first written.", pii=Pii.CONTACT),
        flag("shared", "True when several parties use it, such as info@: it never merges people."),
    ),
    Purpose.CONTRACT,
    Retention.TEN_YEARS,
    keys=(("kind", "value"),),
    search=("value",),
)

RESOLVES_TO = Relationship(
    "RESOLVES_TO",
    (SOURCE_RECORD,),
    (PARTY,),
    "The record speaks of this party.",
    (
        string("rule", "Rule that decided it, such as NEW or SAME_EMAIL."),
        number("score", "Probability that it is right; null for a certain rule."),
        string("decidedBy", "Who or what decided."),
        moment("from", "When it was decided, UTC."),
        moment("to", "When it was undone, UTC; null while it holds."),
    ),
)
HAS_IDENTIFIER = Relationship(
    "HAS_IDENTIFIER",
    (SOURCE_RECORD, PARTY),
    (IDENTIFIER,),
    "The identifier belongs to the party, because the record says so.",
    (
        flag("primary", "True for the one of its kind to use first."),
        moment("verifiedAt", "When its holder proved to have it; null when never."),
        string("label", "Use of it, such as work or home."),
    ),
)
NOT_SAME_AS = Relationship(
    "NOT_SAME_AS",
    (PARTY,),
    (PARTY,),
    "Somebody decided that these two are not the same.",
    (
        string("decidedBy", "Who decided."),
        string("reason", "Why they are not the same.", pii=Pii.CONTENT),
    ),
)
MERGED_INTO = Relationship(
    "MERGED_INTO",
    (PARTY,),
    (PARTY,),
    "Another party answers for this one, which was put away, until the merge is undone.",
    (
        string("rule", "Rule that decided it, such as MANUAL or SAME_EMAIL."),
        number("score", "Probability that it is right; null for a certain rule."),
        string("decidedBy", "Who or what decided."),
        moment("from", "When it was decided, UTC."),
    ),
    derived=True,
)
POSSIBLE_DUPLICATE = Relationship(
    "POSSIBLE_DUPLICATE",
    (PARTY,),
    (PARTY,),
    "The two may be one; a person decides.",
    (
        number("score", "Probability that they are one; null for a certain rule."),
        string("rule", "What found them, such as SAME_EMAIL_AND_NAME or SCORE."),
        string("model", "Name and version of the model that scored them."),
        moment("at", "When they were found, UTC."),
    ),
    derived=True,
)
ALIAS = Node(
    "Alias",
    "The id of a party that was merged into another and still answers.",
    (
        string("id", "Id of the party that was merged away.", required=True),
        string("target", "Id of the party that answers for it.", required=True, indexed=True),
        integer("merges", "How many merges lie between the two."),
    ),
    Purpose.OPERATION,
    machinery=True,
    keys=(("id",),),
)

NODES = (SOURCE_RECORD, IDENTIFIER, ALIAS)
RELATIONSHIPS = (RESOLVES_TO, HAS_IDENTIFIER, NOT_SAME_AS, MERGED_INTO, POSSIBLE_DUPLICATE)
