"""The vocabulary of rights: which nodes an audience may see, as Cypher over the viewer's variables.

A rule is written once per label and audience. Whoever writes or compiles a query says with a mark
where a rule holds (`marks.py`); what the rule is, he need not know.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import LiteralString

from graph.audiences import Audience

NEVER: LiteralString = "false"
ALWAYS: LiteralString = "true"


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may see the nodes of a label.

    Attributes:
        seen: The condition over NODE and the viewer's variables; never null.
        found: Clauses that yield, from the viewer's variables, every NODE of the label LABEL that
            is seen, perhaps others and some twice; "" where there is no such way.
        exact: Whether `found` yields those that are seen and no others, so that a page of them need
            not ask again.
        walked: By relationship type, what the condition is for a NODE that was reached over it
            (EDGE) from a node that is seen (THIS); where a type is missing, it is `seen`.
    """

    seen: LiteralString
    found: LiteralString = ""
    walked: Mapping[str, LiteralString] = field(default_factory=dict[str, LiteralString])
    exact: bool = False


@dataclass(frozen=True, eq=False)
class Rules:
    """What an audience may see.

    Attributes:
        audience: Whose rules they are.
        prologue: Clauses that bind the viewer's variables; they yield no row for a viewer whom the
            graph does not know, and so nothing. $ISSUER and $SUBJECT are the viewer's. "" when no
            rule needs to know who asks.
        rules: By label; a label of which nothing is said is as `other` says.
        variables: What the prologue binds, the user who asks first.
        full: The condition under which all of a party NODE is told; "" when it always is.
        whole: A list, from the viewer's variables, of the parties of which all is told; "" where it
            is better asked of each.
        profile: What is told of a party of which not all is: names of fields and properties.
        few: The condition under which the viewer sees so little that lists are best found from
            `Rule.found`; "" when never.
        acts: By name: what must hold of a NODE that is seen before it may be acted on.
        other: The rule of every other label.
        everything: The condition, over the viewer's variables, under which nothing is hidden from
            the viewer; "" where something always is, or nothing ever.
    """

    audience: Audience
    prologue: LiteralString = ""
    variables: tuple[LiteralString, ...] = ()
    rules: Mapping[str, Rule] = field(default_factory=dict[str, Rule])
    full: LiteralString = ""
    whole: LiteralString = ""
    profile: frozenset[str] = frozenset()
    few: LiteralString = ""
    acts: Mapping[str, LiteralString] = field(default_factory=dict[str, LiteralString])
    other: Rule = Rule(NEVER)
    everything: LiteralString = ""

    @property
    def suggests(self) -> bool:
        """Whether errors may suggest what was meant; a suggestion tells what exists."""
        return self.audience is Audience.STAFF

    def begin(self, issuer: LiteralString, subject: LiteralString) -> LiteralString:
        """The prologue, with what holds the viewer's issuer and subject."""
        return self.prologue.replace("$ISSUER", issuer).replace("$SUBJECT", subject)

    @cached_property
    def unrestricted(self) -> bool:
        """Whether everything is seen by everyone of the audience."""
        return not self.prologue and not self.rules and self.other.seen == ALWAYS
