"""What the database plans to do for a statement."""

import neo4j

from tests.resolvers.conftest import Sent


async def operators(driver: neo4j.AsyncDriver, sent: Sent) -> set[str]:
    """The operators of the plan of a statement, by name."""
    async with driver.session() as session:
        result = await session.run("EXPLAIN " + sent.statement.text, sent.parameters)
        plan = (await result.consume()).plan
    assert plan is not None
    waiting, found = [plan], set[str]()
    while waiting:
        each = waiting.pop()
        found.add(each["operatorType"].split("@")[0].split("(")[0])
        waiting += each.get("children", [])
    return found
