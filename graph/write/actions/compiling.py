"""From an action to its statement: one text for one request or many."""

from dataclasses import dataclass
from functools import cache
from typing import LiteralString

from graph.access import STAFF, Rules, expanded
from graph.model.kinds import Node
from graph.model.parties import PARTY
from graph.statements import CYPHER_25, Kind, Statement
from graph.write.actions import texts
from graph.write.actions.spec import Action, Guard, Ref
from graph.write.sight import sight_of
from graph.write.statements import KEEP_PLAN

_DIGITS: tuple[LiteralString, ...] = (
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16",
    "17", "18", "19", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31",
)  # fmt: skip

REPLAY: LiteralString = "replay"
CONFLICT: LiteralString = "conflict"
DONE: LiteralString = "done"
MISSING: LiteralString = "missing"
VERSION: LiteralString = "version"
CURRENCY: LiteralString = "currency"
GUARD: LiteralString = "guard"
UNKNOWN: LiteralString = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One reason not to do it: what it means, and of what."""

    meaning: str
    name: str = ""
    guard: Guard | None = None


@dataclass(frozen=True, slots=True)
class Compiled:
    """An action as it runs.

    Attributes:
        statement: Takes `$p.rows`, `$p.locks` and `$p.again`; returns one list of
            `[place, [number of the check, detail] or null]`.
        checks: By number.
        locks: Labels to lock, with the names of the refs that may carry them.
        kinds: For each node that is made or changed: types of its relationships in the action.
        owners: For each link, then each unlink: whose event tells of it.
    """

    statement: Statement
    checks: tuple[Check, ...]
    locks: dict[LiteralString, tuple[Ref, ...]]
    kinds: dict[str, tuple[str, ...]]
    owners: tuple[str, ...]


def _lock_label(node: Node) -> LiteralString:
    return PARTY.name if node.is_a(PARTY) else node.name


def _locks(action: Action) -> dict[LiteralString, tuple[Ref, ...]]:
    """Parties that are linked, whatever is changed or unlinked, and what asks for it."""
    touched = {each.name for each in action.updates}
    for each in action.unlinks:
        touched |= {each.start, each.end or ""}
    for each in action.links:
        if each.only or not {each.start, each.end} & {made.name for made in action.creates}:
            touched |= {each.start, each.end}
    ends = {name for each in action.links for name in (each.start, each.end)}
    found: dict[LiteralString, list[Ref]] = {}
    for ref in action.refs:
        for node in ref.nodes:
            of_party = node.is_a(PARTY) and ref.name in ends
            if ref.lock or ref.name in touched or of_party:
                refs = found.setdefault(_lock_label(node), [])
                if ref not in refs:
                    refs.append(ref)
    return {label: tuple(found[label]) for label in sorted(found)}


def _owners(action: Action) -> tuple[str, ...]:
    """Whose event tells of each link and unlink: its start's, else its end's."""
    known = [each.name for each in (*action.creates, *action.updates)]
    owners: list[str] = []
    for each in (*action.links, *action.unlinks):
        owner = next((name for name in (each.start, each.end) if name in known), None)
        if owner is None:
            raise ValueError(
                f"{action.name}: neither end of {each.relationship.name} is created or updated."
            )
        owners.append(owner)
    return tuple(owners)


def _missing(ref: Ref) -> tuple[LiteralString, LiteralString]:
    """The condition that what a ref names is not there, and which of several it is."""
    wanted: LiteralString = "r.refs." + ref.name
    if not ref.many:
        return wanted + " IS NOT NULL AND " + ref.name + " IS NULL", "null"
    return (
        "size(" + ref.name + ") < size(" + wanted + ")",
        "head([i IN range(0, size(" + wanted + ") - 1) WHERE NOT any(x IN " + ref.name
        + " WHERE x.id = " + wanted + "[i].id) | " + wanted + "[i].place])",
    )  # fmt: skip


def _checks(action: Action, rules: Rules) -> tuple[list[Check], list[LiteralString]]:
    """The checks with their conditions and details, in the order in which they are made."""
    checks = [Check(CONFLICT), Check(REPLAY), Check(DONE)]
    cases: list[LiteralString] = [
        "key.request <> r.request THEN [0, null]",
        "key IS NOT NULL THEN [1, key.result]",
        "$p.again AND EXISTS { (:ChangeEvent {id: r.event}) } THEN [2, null]",
    ]

    def add(check: Check, condition: LiteralString, detail: LiteralString = "null") -> None:
        cases.append(condition + " THEN [" + _DIGITS[len(checks)] + ", " + detail + "]")
        checks.append(check)

    if rules.variables:
        # Whom the graph does not know has nothing: whatever is named is not there.
        add(Check(UNKNOWN), rules.variables[0] + " IS NULL")
    for ref in action.refs:
        add(Check(MISSING, ref.name), *_missing(ref))
    for each in action.updates:
        add(
            Check(VERSION, each.name),
            "r.versions." + each.name + " <> " + each.name + ".version",
            each.name + ".version",
        )
        add(
            Check(CURRENCY, each.name),
            "r.money." + each.name + " <> " + each.name + ".currency",
            each.name + ".currency",
        )
    for guard in action.guards:
        if guard.audience not in {None, rules.audience}:
            continue
        add(Check(GUARD, guard=guard), "(" + guard.when + ")", guard.detail or "null")
    return checks, cases


@cache
def compile_action(action: Action, rules: Rules = STAFF) -> Compiled:
    """Compile an action for whom these rules are; raises ValueError for one without sense."""
    checks, cases = _checks(action, rules)
    owners, locks = _owners(action), _locks(action)
    refs = {each.name: each for each in action.refs}
    lines: list[LiteralString] = []
    for i, label in enumerate(locks):
        lines.append(texts.lock(label, _DIGITS[i]))
    lines.append("UNWIND $p.rows AS r")
    lines.append("CALL (r) {")
    lines.append("OPTIONAL MATCH (key:IdempotencyKey {key: r.key})")
    if rules.prologue:
        lines.append(texts.viewer(rules))
    lines.extend(texts.find(each, rules) for each in action.refs)
    lines.append("WITH *, CASE WHEN " + texts.joined(cases, "\n  WHEN ") + " END AS refusal")
    lines.append("CALL (*) { WITH * WHERE refusal IS NULL")
    for line in _writes(action, owners, refs):
        if line.startswith("CALL"):
            lines.append("WITH *")
        lines.append(line)
    lines.append("RETURN count(*) AS written }")
    lines.append("RETURN refusal }")
    lines.append("RETURN collect([r.place, refusal])")
    plan = KEEP_PLAN.replace("CYPHER ", CYPHER_25) if rules.prologue else KEEP_PLAN
    text = plan + expanded(texts.joined(lines, "\n"), rules)
    kinds = _kinds(action, owners)
    statement = Statement("action." + action.name, Kind.WRITE, text)
    return Compiled(statement, tuple(checks), locks, kinds, owners)


def _writes(action: Action, owners: tuple[str, ...], refs: dict[str, Ref]) -> list[LiteralString]:
    """Everything that is written for one row, in order."""
    lines: list[LiteralString] = []
    lines.extend(texts.create(each) for each in action.creates)
    counts: dict[str, list[LiteralString]] = {}
    for i, each in enumerate(action.unlinks):
        lines.append(texts.unlink(each, refs, _DIGITS[i]))
        counts.setdefault(owners[len(action.links) + i], []).append("unlink" + _DIGITS[i])
    for i, each in enumerate(action.links):
        linking = texts.Linking(action, each, _DIGITS[i])
        lines.append(linking.text())
        counts.setdefault(owners[i], []).append(linking.count)
    for each in action.updates:
        nodes = refs[each.name].nodes
        lines.append(texts.update(each.name, nodes, counts.get(each.name, [])))
    if action.extra:
        lines.append("CALL (*) { " + action.extra + " RETURN count(*) AS extra }")
    sight = sight_of(action)
    if sight is not None:
        lines.append(sight)
    lines.extend(texts.created_event(each.name) for each in action.creates)
    lines.append(texts.KEY)
    return lines


def _kinds(action: Action, owners: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {each.name: [] for each in (*action.creates, *action.updates)}
    for owner, each in zip(owners, (*action.links, *action.unlinks), strict=True):
        if each.relationship.name not in found[owner]:
            found[owner].append(each.relationship.name)
    return {name: tuple(each) for name, each in found.items()}
