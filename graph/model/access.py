"""Rules of staff: how much of the business a team sees."""

from graph.model.declare import choice, flag, string
from graph.model.kinds import Node, Purpose, Relationship
from graph.model.organisation import TEAM

ACCESS_RULE = Node(
    "AccessRule",
    "How much staff see; of several rules that hold for somebody the widest counts.",
    (
        string("name", "What the rule is called.", required=True, indexed=True),
        choice(
            "parties",
            {
                "ALL": "Every party.",
                "TERRITORY": "As TEAM, and the parties of territories that these teams cover.",
                "TEAM": "As ASSIGNED, and what is assigned to or shared with their teams or teams "
                "below them.",
                "ASSIGNED": "What is assigned to them or shared with them, with its people.",
            },
            "Which parties, with what belongs to them.",
            required=True,
        ),
        choice(
            "interactions",
            {
                "ALL": "Every interaction of the parties that are seen.",
                "TEAM": "Those in which somebody of their teams took part.",
                "PARTICIPANTS": "Those in which they took part themselves.",
            },
            "Which interactions.",
            required=True,
        ),
        flag("active", "False when the rule is out of use."),
    ),
    Purpose.SECURITY,
)
GOVERNS = Relationship(
    "GOVERNS",
    (ACCESS_RULE,),
    (TEAM,),
    "A rule holds for a team and those below it; one that governs none holds for everybody else.",
)

NODES = (ACCESS_RULE,)
RELATIONSHIPS = (GOVERNS,)
