"""Marks: where in a query a right holds, and how they become an audience's conditions.

A query is written for everybody. Where it comes to a node, it says so:

- `SEEN_Order(n1)`: the viewer may see this node, which is an Order; `SEEN_Order_Case(n1)` of one
  that may have either label, `SEEN_Node(n1)` any. `SEEN_Order(n1, n0, e1, FOR)` of a node that was
  reached from `n0`, which is seen, over `e1`, a FOR.
- `MAY_Party_orders(n0)`: of this party, which is seen, this field may be told; `MAY_Node_orders`
  of a node that may be a party. `KNOWN_…` the same where `«KNOW Party n0»` stands before, clauses
  that find it out once.
- `«MASK MAY_Party_email n0|n0.email»`: the value where that is so, else null; `«LIST …»`: else [].
- `«CALL n n0|…»`: clauses that bind one variable and forget the others.
- `CROWDED(n0, 1000)`: it has more relationships to nodes that are seen.
- `FULL_Party(n0)`: all of this party may be told.
- `«FROM Order n1»`: clauses that yield every Order that is seen, and perhaps others.
- `«PAGE Order n1|n1|n1.at DESC|WHERE … LIMIT $f0»`: the same for one page: names, order, and what
  follows the MATCH, which ends with ORDER BY and LIMIT. `«SORT …»`: in an order that no index has.
- `«GATHER Party those»` … `TOLD_Node(n0, those)`: the node is seen, and of a party all is told. Of
  many nodes in a row the parties are gathered once.

A statement is sent only without marks: `expanded` puts the audience's rules in their place.
"""

import re
from typing import LiteralString, cast

from graph.access.rules import ALWAYS, Rule, Rules
from graph.model import MODEL

_BRACED = re.compile(
    r"«(MASK|LIST|KNOW|CALL|FROM|PAGE|SORT|GATHER) (\w+) (\w+)(?:\|([^«»]*))?»", re.DOTALL
)
_SEEN = re.compile(r"\bSEEN_(\w+)\((\w+)(?:, (\w+), (\w*), (\w+))?\)")
_MAY = re.compile(r"\b(MAY|KNOWN)_([A-Z][A-Za-z]*)_(\w+)\((\w+)\)")
_FULL = re.compile(r"\bFULL_Party\((\w+)\)")
_CROWDED = re.compile(r"\bCROWDED\((\w+), (\d+)\)")
_TOLD = re.compile(r"\bTOLD_Node\((\w+), (\w+)\)")
_WORD = re.compile(r"\b(NODE|THIS|EDGE|LABEL)\b")
_AND = re.compile(r"\btrue AND | AND true\b")
_TWICE = re.compile(r" WITH (\w+) WHERE true WITH \1 ")
_WHERE = re.compile(r" WHERE true(?=\s*(?:WITH|RETURN|ORDER|MATCH|CALL|UNWIND|LIMIT|UNION|\}|$))")
ANY = "Node"
"""In a mark: a node of any label."""


def expanded(text: LiteralString, rules: Rules) -> LiteralString:
    """A query with every mark replaced by what it means for an audience."""
    made: str = _without_braces(text, rules)
    made = _CROWDED.sub(lambda found: _crowded(found[1], found[2], rules), made)
    made = _TOLD.sub(lambda found: _told(found[1], found[2], rules), made)
    made = _SEEN.sub(lambda found: _seen(found, rules), made)
    made = _MAY.sub(lambda found: _may(found[1], found[2], found[3], found[4], rules), made)
    made = _FULL.sub(lambda found: _full(found[1], rules), made)
    # Literal text with literal texts put in.
    return cast("LiteralString", _tidied(made) if rules.unrestricted else made)


def unwrapped(text: LiteralString, rules: Rules) -> LiteralString:
    """A query with no marks but those that are conditions of one node, or none if all is seen."""
    if rules.unrestricted:
        return expanded(text, rules)
    return cast("LiteralString", _without_braces(text, rules))


def _without_braces(text: str, rules: Rules) -> str:
    while "«" in text:
        text = _BRACED.sub(lambda found: _braced(found, rules), text)
    return text


def _named(text: str, node: str, this: str = "", edge: str = "", label: str = "") -> str:
    words = {"NODE": node, "THIS": this, "EDGE": edge, "LABEL": label}
    return _WORD.sub(lambda found: words[found[1]], text)


def _rule(label: str, rules: Rules) -> tuple[str, Rule]:
    """The rule of a label, and the label it is written for; "" when for all others."""
    node = MODEL.by_label.get(label)
    for each in reversed(node.labels) if node is not None else (label,):
        if each in rules.rules:
            return each, rules.rules[each]
    return "", rules.other


def _seen(found: "re.Match[str]", rules: Rules) -> str:
    labels, node, this, edge, over = found.groups()
    if rules.unrestricted:
        return ALWAYS
    names = tuple(rules.rules) if labels == ANY else tuple(labels.split("_"))
    conditions: dict[str, str] = {}
    for label in names:
        heading, rule = _rule(label, rules)
        condition = rule.walked.get(over, rule.seen) if over else rule.seen
        conditions[heading] = _named(condition, node, this or "", edge or "")
    if len(conditions) == 1 and labels != ANY:
        return next(iter(conditions.values()))
    cases = [f"WHEN {node}:{each} THEN {text}" for each, text in conditions.items() if each]
    return f"CASE {' '.join(cases)} ELSE {conditions.get('', rules.other.seen)} END"


def _may(kind: str, label: str, field: str, node: str, rules: Rules) -> str:
    if not rules.full or field in rules.profile:
        return ALWAYS
    return f"all_{node}" if kind == "KNOWN" else _all(label, node, rules)


def _all(label: str, node: str, rules: Rules) -> str:
    full = _full(node, rules)
    return full if label == "Party" else f"(NOT {node}:Party OR {full})"


def _crowded(node: str, most: str, rules: Rules) -> str:
    degree = f"COUNT {{ ({node})--() }} > {most}"
    if rules.unrestricted:
        return degree
    # All of them are counted by one look; only of a node that has enough is each of them asked.
    each = f"MATCH ({node})--(beyond) WHERE SEEN_{ANY}(beyond) RETURN 1 LIMIT {most} + 1"
    return f"({degree} AND COUNT {{ {each} }} > {most})"


def _told(node: str, those: str, rules: Rules) -> str:
    seen = f"SEEN_{ANY}({node})"
    if rules.whole:
        return f"CASE WHEN {node}:Party THEN {node} IN {those} ELSE {seen} END"
    return f"{seen} AND {_all(ANY, node, rules)}" if rules.full else seen


def _full(node: str, rules: Rules) -> str:
    return _named(rules.full, node) if rules.full else ALWAYS


def _braced(found: "re.Match[str]", rules: Rules) -> str:
    kind, name, node, rest = found.groups()
    match kind:
        case "MASK" | "LIST":
            how, label, field = name.split("_", 2)
            condition = _may(how, label, field, node, rules)
            if condition == ALWAYS:
                return rest
            return f"CASE WHEN {condition} THEN {rest}{' ELSE []' if kind == 'LIST' else ''} END"
        case "KNOW":
            return f"WITH *, {_all(name, node, rules)} AS all_{node} " if rules.full else ""
        case "CALL":
            return rest if rules.unrestricted else f"CALL (*) {{ {rest} RETURN {node} }}"
        case "FROM":
            return _from(name, node, rules)
        case "GATHER":
            return f"UNWIND [{rules.whole}] AS {node} " if rules.whole else ""
        case _:
            return _page(name, node, rest, rules, indexed=kind == "PAGE")


def _from(label: str, node: str, rules: Rules) -> str:
    found = _rule(label, rules)[1].found
    if not found:
        return f"MATCH ({node}:{label})"
    return f"{_named(found, node, label=label)} WITH DISTINCT {node}"


def _page(label: str, node: str, rest: str, rules: Rules, *, indexed: bool) -> str:
    names, order, body = rest.split("|", 2)
    (_, rule), all_of = _rule(label, rules), f"MATCH ({node}:{label}){body}"
    if not rule.found:
        return all_of
    # The rows of an exact way are seen: asking each of them again is what a short list would cost.
    told = re.sub(rf"\bSEEN_\w+\({node}\)", ALWAYS, body) if rule.exact else body
    few = f"{_from(label, node, rules)}{told}"
    if not rules.few or not indexed:
        return few
    return (
        f"CALL (*) {{ WHEN {rules.few} THEN {{ {few} RETURN {names} }} "
        f"ELSE {{ {all_of} RETURN {names} }} }} WITH {names} ORDER BY {order}"
    )


def _tidied(text: str) -> str:
    """Without conditions that always hold, so that nobody pays for what is allowed to all."""
    made = _AND.sub("", text).replace(" WITH * WHERE true WITH *", "")
    return _WHERE.sub("", _TWICE.sub(r" WITH \1 ", made))
