"""What is said of access is what queries do, and why."""

import pytest

from graph.explaining import access
from loaders.execution import Executor
from loaders.ids import encode_id
from loaders.viewer import Viewer
from tests.explaining.conftest import Build, Facts, random_facts

NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
EXPLAINED = {
    "Person", "Company", "Order", "Quote", "Case", "Call", "Note", "Opportunity", "LeadOffer",
}  # fmt: skip


async def told(executor: Executor, viewer: Viewer, facts: Facts) -> set[str]:
    """Ids of the nodes that a viewer is told of."""
    found: set[str] = set()
    those = [each for each, label in facts.world.labels.items() if label in EXPLAINED]
    for start in range(0, len(those), 100):
        portion = those[start : start + 100]
        ids = [encode_id(facts.world.labels[each], each) for each in portion]
        answer = await executor.execute(NODES, {"ids": ids}, None, viewer)
        assert isinstance(answer, dict)
        assert "errors" not in answer, answer
        found |= {
            each
            for each, node in zip(portion, answer["data"]["nodes"], strict=True)
            if node is not None
        }
    return found


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.full)])
async def test_access_says_what_queries_of_everybody_really_return(build: Build, seed: int) -> None:
    facts = random_facts(seed)
    executor = await build(facts)
    graph = executor.backing.graph

    for subject in facts.users:
        seen = await told(executor, facts.viewer(subject), facts)
        explained: set[str] = set()
        for id_, label in facts.world.labels.items():
            if label in EXPLAINED:
                found = await access(graph, f"{subject}-{subject}", label, id_)
                assert found is not None
                assert found.allowed is any(each.level != "COUNT" for each in found.because)
                explained |= {id_} if found.allowed else set()

        assert explained == seen, subject
        assert len(seen) > 0
