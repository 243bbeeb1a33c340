"""Queries at a time: each clause of a query about today made one about another moment.

What is written once for today thus answers for any moment: named patterns and expressions, filters,
orders and counts. A variable of a node stays the node, to walk from and to compare; beside it a
variable of its state is carried, from which properties are read.
"""

from dataclasses import replace
from functools import lru_cache
from itertools import count
from typing import LiteralString, cast

from graph.past.expressions import Expressions
from graph.past.fragments import ROLES, concrete, existed, state
from graph.past.patterns import Element, Parts, Path, Patterns, path_end, paths
from graph.past.reading import (
    Clause,
    Group,
    Item,
    Items,
    Timeless,
    Token,
    branches,
    clauses,
    is_group,
    is_word,
    plain,
    read,
    split,
)
from graph.past.scope import Columns, Scope, state_of

_SEEN = frozenset({"THIS", "VALUE"})
_THIS = Scope({"THIS": state_of("THIS")}, _SEEN, _SEEN)


def at_time(text: LiteralString, moment: LiteralString) -> LiteralString:
    """A query of today as a query of another moment, with the same columns.

    Args:
        text: A query in the Cypher that named patterns and the plan compiler are written in.
        moment: The moment as Cypher: a parameter that holds a time as the graph stores it.

    Raises:
        Timeless: it reads something that is not known of the past.
    """
    made, _ = _Queries(moment).query(read(text), Scope(), "final")
    # Literal text with literal words put in.
    return cast("LiteralString", made)


@lru_cache(500)
def check_expression(text: str) -> None:
    """See whether an expression over THIS, EDGE and VALUE can be answered at a time.

    Raises:
        Timeless: it cannot.
    """
    _Queries("$at").expression(read(text), _THIS)


@lru_cache(500)
def check_clauses(text: str) -> None:
    """See whether the clauses of a pattern over THIS can be answered at a time.

    Raises:
        Timeless: they cannot.
    """
    _Queries("$at").query(read(text), _THIS, "final")


class _Queries(Expressions):
    """Rewrites queries, clause by clause."""

    def __init__(self, at: str) -> None:
        super().__init__(at)
        self._numbers = count(1)

    def fresh(self) -> str:
        return f"past{next(self._numbers)}"

    def pattern(self, items: Items, start: int) -> int:
        return path_end(items, start)

    def subquery(self, kind: str, items: Items, scope: Scope) -> str:
        text, _ = self.query(items, scope.inside(), kind)
        return text

    def query(self, items: Items, scope: Scope, kind: str) -> tuple[str, Columns]:
        """A query, and the columns it returns; `kind` is what it stands in."""
        texts: list[str] = []
        columns: Columns = {}
        for word, branch in branches(items):
            text, columns = _Branch(self, scope, kind).rewrite(list(clauses(branch)))
            texts += [word, text] if word else [text]
        return " ".join(texts), columns


class _Branch:
    """Rewrites one query without a union; `scope` is where it has come to."""

    def __init__(self, queries: _Queries, scope: Scope, kind: str) -> None:
        self.queries = queries
        self.scope = scope
        self.former = scope
        self.kind = kind
        self.columns: Columns = {}
        self.where: tuple[Item, ...] = ()

    def rewrite(self, parts: list[Clause]) -> tuple[str, Columns]:
        texts: list[str] = []
        returned = False
        for place, clause in enumerate(parts):
            follows = parts[place + 1 :]
            match clause.keyword:
                case "MATCH":
                    texts.append(self._match(clause.items, follows))
                case "WHERE" if place and parts[place - 1].keyword == "MATCH":
                    continue
                case "WITH":
                    texts.append("WITH " + self._with(clause.items))
                case "RETURN":
                    returned = True
                    texts.append("RETURN " + self._return(clause.items))
                case "CALL":
                    texts.append(self._call(clause.items))
                case "UNWIND":
                    texts.append("UNWIND " + self._unwind(clause.items))
                case "ORDER":
                    scope = Scope({**self.former.nodes, **self.scope.nodes}, self.scope.bound)
                    texts.append("ORDER " + self.queries.expression(clause.items, scope))
                case _:
                    texts.append(f"{clause.keyword} {self._text(clause.items)}")
        if self.kind in {"EXISTS", "COUNT"} and not returned:
            texts.append("RETURN 1 AS found")
        return " ".join(texts), self.columns

    def _text(self, items: Items) -> str:
        return self.queries.expression(items, self.scope)

    # --- MATCH

    def _match(self, items: Items, follows: list[Clause]) -> str:
        where = follows[0].items if follows and follows[0].keyword == "WHERE" else ()
        found = list(paths(items))
        alone = found[0].nodes[0] if len(found) == 1 and not found[0].links else None
        if alone is not None and not alone.variable:
            # Whether it was there is asked of its state, which goes by its name.
            alone = replace(alone, variable=self.queries.fresh())
            found[0].nodes[0] = alone
        if alone is not None and alone.variable not in self.scope.bound and alone.labels:
            if not alone.key:
                return self._listed(alone, where, follows)
            if "id" not in alone.key:
                return self._named(alone, where)
        last = all(each.keyword in {"WHERE", "RETURN"} for each in follows)
        return self._walked(found, where, counted=last and self.kind in {"EXISTS", "COUNT"})

    def _walked(self, found: list[Path], where: Items, *, counted: bool) -> str:
        """A MATCH from nodes that are known, or that an index finds."""
        queries, scope = self.queries, self.scope
        patterns = Patterns(
            queries.at, scope.bound, queries.fresh,
            lambda items: queries.expression(items, scope),
            lambda name, labels: queries.label(name, labels, scope),
        )  # fmt: skip
        for path in found:
            patterns.add(path)
        parts = patterns.parts
        found_text = "MATCH " + ", ".join(parts.texts)
        return found_text + self._conditions(parts, where, counted=counted)

    def _conditions(self, parts: Parts, where: Items, *, counted: bool = False) -> str:
        """What follows a MATCH: its conditions, the states of new nodes, and theirs.

        When rows are only counted, a state that nothing reads need not be found.
        """
        before, scope = list(parts.conditions), self.scope
        columns: Columns = dict.fromkeys(parts.others)
        columns |= {each: state_of(each) for each in parts.states}
        self.scope = scope.adding(columns)
        after = [f"{state_of(each)} IS NOT NULL" for each in parts.states]
        for variable, name, value in parts.values:
            owner = self.scope.nodes.get(variable)
            if owner is None:
                raise Timeless("a property of something that is no node")
            after.append(f"{owner}.{name} = {self.queries.expression(value, scope)}")
        if where:
            text = self._text(where)
            read_states = any(f"{state_of(each)}." in text for each in parts.states)
            (after if read_states else before).append(f"({text})")
        if counted and len(after) == len(parts.states) and parts.walked.issuperset(parts.states):
            before += [existed(each, self.queries.at) for each in parts.states]
            return " WHERE " + " AND ".join(before) if before else ""
        found = " WHERE " + " AND ".join(before) if before else ""
        if parts.states:
            made = [
                f"{state(n, self.queries.at, walked=n in parts.walked)} AS {state_of(n)}"
                for n in parts.states
            ]
            found += f" WITH *, {', '.join(made)} WHERE {' AND '.join(after)}"
        elif after:
            found += (" AND " if before else " WHERE ") + " AND ".join(after)
        return found

    def _named(self, node: Element, where: Items) -> str:
        """A node by a lasting key, archived since or not."""
        queries, name = self.queries, node.variable
        key = ", ".join(
            f"{each}: {queries.expression(value, self.scope)}" for each, value in node.key.items()
        )
        kept = " OR ".join(f"'{each}' IN {name}.archivedLabels" for each in node.labels)
        text = (
            f"CALL (*) {{ MATCH ({name}:{'|'.join(node.labels)} {{{key}}}) RETURN {name} UNION ALL "
            f"MATCH ({name}:Archived {{{key}}}) WHERE {kept} RETURN {name} }}"
        )
        rest = [(name, n, v) for n, v in node.properties.items() if n not in node.key]
        return text + self._conditions(Parts(states=[name], values=rest), where)

    def _listed(self, node: Element, where: Items, follows: list[Clause]) -> str:
        """Every node of a label: what has not changed since, and the Versions of what has."""
        name, state_name = node.variable, state_of(node.variable)
        if len(node.labels) > 1 or node.where:
            raise Timeless("nodes of several labels")
        label, at = node.labels[0], self.queries.at
        base = ROLES[label][0] if label in ROLES else label
        labels = concrete(base)
        kinds = f"= '{labels[0]}'" if len(labels) == 1 else f"IN {labels!r}"
        order, size = self._page(name, follows)
        live = f"MATCH ({name}:{base}) WHERE {name}.changedAt <= {at}"
        live += self._narrowed(node, where, name)
        live += f" WITH {name}{self._ordered(order, size, name, name)}" if order else ""
        former = (
            f"MATCH ({state_name}:Version) WHERE {state_name}.label {kinds} "
            f"AND {state_name}.validTo > {at} AND {state_name}.validFrom <= {at} "
            f"AND {state_name}.archivedLabels IS NULL MATCH ({name})-[:WAS]->({state_name}) "
            f"WITH * WHERE true{self._narrowed(node, where, state_name)}"
        )
        if order:
            former += f" WITH {name}, {state_name}"
            former += self._ordered(order, size, name, state_name)
        self.scope = self.scope.adding({name: state_name})
        return (
            f"CALL (*) {{ {live} RETURN {name}, {name} AS {state_name} UNION ALL "
            f"{former} RETURN {name}, {state_name} }}"
        )

    def _narrowed(self, node: Element, where: Items, read_from: str) -> str:
        """The conditions of a list, with the properties of its nodes read from an expression."""
        queries, name = self.queries, node.variable
        scope = self.scope.inside().adding({name: read_from})
        found = [
            f"{read_from}.{each} = {queries.expression(value, self.scope)}"
            for each, value in node.properties.items()
        ]
        found += [queries.role(name, each, scope) for each in node.labels if each in ROLES]
        if where:
            found.append(f"({queries.expression(where, scope)})")
        return "".join(" AND " + each for each in found)

    def _page(self, name: str, follows: list[Clause]) -> tuple[Items, Items]:
        """The order and size of a list that is cut off before anything else is done with it."""
        rest = follows[1:] if follows and follows[0].keyword == "WHERE" else follows
        if [each.keyword for each in rest[:3]] != ["WITH", "ORDER", "LIMIT"]:
            return (), ()
        if plain(rest[0].items) != name:
            return (), ()
        return rest[1].items, rest[2].items

    def _ordered(self, order: Items, size: Items, name: str, read_from: str) -> str:
        scope = self.scope.inside().adding({name: read_from})
        return (
            f" ORDER {self.queries.expression(order, scope)} "
            f"LIMIT {self.queries.expression(size, scope)}"
        )

    # --- WITH, RETURN, UNWIND, CALL

    def _columns(self, items: Items, *, states: bool) -> tuple[list[str], Columns]:
        """The columns of a WITH or RETURN: their texts, and what they are."""
        texts: list[str] = []
        columns: Columns = {}
        for part in split(items):
            *value, name = part
            renamed = len(value) > 1 and is_word(value[-1], "AS")
            value = value[:-1] if renamed else part
            alias = plain([name])
            source = plain(value)
            known = self.scope.nodes.get(source)
            if known is None:
                text = self._text(value)
                texts.append(f"{text} AS {alias}" if renamed else text)
                columns[alias] = None
                continue
            if not states:
                texts.append(known)
                continue
            own = state_of(alias)
            texts.append(f"{source} AS {alias}" if renamed else source)
            texts.append(known if known == own else f"{known} AS {own}")
            columns[alias] = own
        return texts, columns

    def _with(self, items: Items) -> str:
        distinct = bool(items) and is_word(items[0], "DISTINCT")
        rest = items[1:] if distinct else items
        self.former = self.scope
        everything = bool(rest) and is_word(rest[0], "*")
        texts, columns = self._columns(rest[2:] if everything else rest, states=True)
        self.scope = self.scope.adding(columns) if everything else self.scope.keeping(columns)
        listed = ", ".join(["*", *texts] if everything else texts)
        return ("DISTINCT " if distinct else "") + listed

    def _return(self, items: Items) -> str:
        distinct = bool(items) and is_word(items[0], "DISTINCT")
        rest = items[1:] if distinct else items
        self.former = self.scope
        if self.kind in {"EXISTS", "COUNT"}:
            listed = ", ".join(self._counted(part) for part in split(rest))
        else:
            texts, self.columns = self._columns(rest, states=self.kind == "CALL")
            listed = ", ".join(texts)
        return ("DISTINCT " if distinct else "") + listed

    def _counted(self, part: Items) -> str:
        text = plain(part)
        return text if text in self.scope.nodes else self._text(part)

    def _unwind(self, items: Items) -> str:
        *value, _, name = items
        if any(isinstance(each, Token) and each.text in self.scope.nodes for each in value):
            raise Timeless("a list of nodes")
        text = f"{self._text(value)} AS {plain([name])}"
        self.scope = self.scope.adding({plain([name]): None})
        return text

    def _call(self, items: Items) -> str:
        if len(items) != 2 or not is_group(items[0], "(") or not is_group(items[1], "{"):
            raise Timeless("a procedure")
        given, inner = items
        if not isinstance(given, Group) or not isinstance(inner, Group):
            raise Timeless("a procedure")
        names = [plain(each) for each in split(given.items)]
        if names == ["*"]:
            scope, imported = self.scope.inside(), ["*"]
        else:
            scope = self.scope.importing(names)
            imported = [*names, *dict.fromkeys(scope.nodes.values())]
        text, columns = self.queries.query(inner.items, scope, "CALL")
        self.scope = self.scope.adding(columns)
        return f"CALL ({', '.join(dict.fromkeys(imported))}) {{ {text} }}"
