"""The order in which a demo world comes into being, cut into batches of bounded size."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from graph.demo import accounts
from graph.demo.bench import bench
from graph.demo.cases import troubles
from graph.demo.companies import companies
from graph.demo.duplicates import chosen, duplicate
from graph.demo.interactions import talk
from graph.demo.marketing import agree, figures, marketing
from graph.demo.opportunities import pipeline
from graph.demo.orders import trade
from graph.demo.organisation import organisation
from graph.demo.people import People
from graph.demo.personas import Personas, Phones
from graph.demo.portal import portal
from graph.demo.products import products
from graph.demo.programs import offer, privacy, programs, propose
from graph.demo.sheet import ROWS, Sheet
from graph.demo.stories import PEOPLE, stories
from graph.demo.world import Human, World
from graph.write import Batch

Tell = Callable[[Human, list[str]], None]
"""Told of every record of a person: whose it is, and what it gets wrong."""


@dataclass(frozen=True, slots=True)
class Step:
    """One batch, and how far its stage has come when it is written."""

    stage: str
    done: int
    total: int
    batch: Batch


def steps(world: World, tell: Tell) -> Iterator[Step]:
    """Make the world, stage by stage; a batch refers only to itself and to earlier ones.

    Memory holds a reference for every person and company, and one batch.
    """
    personas, phones = Personas(), Phones(world.rng("phones"))
    sheet = Sheet(world)
    organisation(world, sheet, personas)
    products(world, sheet)
    yield from _flush(sheet, "catalogue", 1, 1)
    companies(world, sheet, personas, phones)
    programs(world, sheet)
    marketing(world, sheet)
    yield from _flush(sheet, "companies", world.plan.companies, world.plan.companies)
    for human in stories(world, sheet, phones):
        tell(human, [])
    yield from _flush(sheet, "stories", 1, 1)
    yield from _people(world, sheet, personas, phones, tell)
    yield from _history(world, sheet)
    if world.plan.bench:
        bench(world, sheet)
        yield from _flush(sheet, "bench", 1, 1)


def _flush(sheet: Sheet, stage: str, done: int, total: int) -> Iterator[Step]:
    for batch in sheet.batches():
        yield Step(stage, done, total, batch)


def _people(
    world: World, sheet: Sheet, personas: Personas, phones: Phones, tell: Tell
) -> Iterator[Step]:
    """People, and soon after each the second record that some have."""
    total = world.plan.people - len(PEOPLE)
    twice = chosen(world, total, world.plan.people)
    for human, said in People(world, personas, phones).make(sheet, total):
        tell(human, [])
        agree(world, sheet, human, said)
        privacy(world, sheet, human)
        portal(world, sheet, human)
        if human.number in twice:
            tell(*duplicate(world, sheet, personas, human, said))
        if sheet.rows >= ROWS:
            yield from _flush(sheet, "people", human.number, total)
    yield from _flush(sheet, "people", total, total)


def _history(world: World, sheet: Sheet) -> Iterator[Step]:
    """What happened with every customer: companies, consumers, and second records."""
    total = len(world.firms) + len(world.twins) + sum(h.firm is None for h in world.humans)
    for done, account in enumerate(_accounts(world), 1):
        pipeline(world, sheet, account)
        trade(world, sheet, account)
        troubles(world, sheet, account)
        offer(world, sheet, account)
        propose(world, sheet, account)
        talk(world, sheet, account)
        figures(world, sheet, account)
        if sheet.rows >= ROWS:
            yield from _flush(sheet, "history", done, total)
    yield from _flush(sheet, "history", total, total)


def _accounts(world: World) -> Iterable[accounts.Account]:
    for firm in world.firms:
        yield accounts.of_firm(world, firm)
    for human in world.humans:
        if human.firm is None:
            yield accounts.of_human(world, human)
    for human in world.twins:
        yield accounts.of_human(world, human)
