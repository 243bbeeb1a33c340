"""The demo world: invented people, companies and partners with three years of history.

The same arguments give the same world to the last id, value and time. Every node has a UUIDv5,
every address ends in example.org or example.com, and everything is written by `graph.write`.
"""

from graph.demo.seeding import SeedSummary, seed, seed_if_empty
from graph.demo.world import LARGEST, SMALLEST, TODAY

__all__ = ["LARGEST", "SMALLEST", "TODAY", "SeedSummary", "seed", "seed_if_empty"]
