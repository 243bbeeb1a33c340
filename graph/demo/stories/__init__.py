"""Stories a person recognises, by hand, with the same names and external ids in every world."""

from graph.demo.personas import Phones
from graph.demo.sheet import Sheet
from graph.demo.stories.cast import PEOPLE, enter
from graph.demo.stories.champion import champion
from graph.demo.stories.conflict import conflict
from graph.demo.stories.renewal import renewal
from graph.demo.world import Human, World

__all__ = ["PEOPLE", "stories"]


def stories(world: World, sheet: Sheet, phones: Phones) -> list[Human]:
    """Tell all of them, and return the people in them."""
    stage = enter(world, sheet, phones)
    champion(stage)
    renewal(stage)
    conflict(stage)
    return list(stage.people.values())
