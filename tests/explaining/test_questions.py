"""What staff ask about rights and responsibility, over the API."""

from typing import Any

import pytest

from loaders.execution import Executor
from loaders.ids import encode_id
from loaders.viewer import Audience, Viewer
from tests.access.world import ISSUER, business
from tests.explaining.conftest import SOON, Build, Facts

STAFF = Viewer(Audience.STAFF, ISSUER, "boss")


async def ask(executor: Executor, query: str, viewer: Viewer = STAFF, **given: Any) -> Any:
    """The data of a query."""
    answer = await executor.execute(query, given, None, viewer)
    assert isinstance(answer, dict)
    assert "errors" not in answer, answer
    return answer["data"]


def small() -> Facts:
    """A partner that serves one company and knows another's profile, and whoever is in charge."""
    made = Facts()
    world = made.world
    firm = world.put("Company", "firm", "p", "Partner")
    world.tie(made.user("pat", "PARTNER"), "ACTS_FOR", firm)
    for name in ("served", "known", "alone"):
        world.put("Company", name, "w", "Customer")
    world.tie(firm, "SERVES", "w-served")
    world.tie("w-known", "SHARED_WITH", firm, level="PROFILE", to=SOON)
    business(world, "w", "w-served")
    business(world, "w", "w-known", key="known")
    world.tie("w-Order", "SHARED_WITH", firm, level="FULL")
    made.user("boss", "STAFF")
    world.tie("w-served", "SUBSIDIARY_OF", "w-known")
    for key, active in (("am", True), ("dev", True), ("gone", False)):
        world.put("User", key, "s", kind="STAFF", active=active)
    world.tie("w-known", "ASSIGNED_TO", "s-am", role="ACCOUNT_MANAGER", topic=None)
    world.tie("w-known", "ASSIGNED_TO", "s-dev", role="EXPERT", topic="TECH")
    world.tie("w-served", "ASSIGNED_TO", "s-gone", role="OWNER", topic=None)
    for tie in world.ties:
        tie["values"] = {name: value for name, value in tie["values"].items() if value is not None}
    team = world.put("Team", "south", "s")
    ground = world.put("Territory", "ground", "s")
    world.tie(ground, "COVERED_BY", team)
    world.tie("w-alone", "IN_TERRITORY", ground)
    return made


ACCESS = (
    "query ($who: ID!, $what: ID!) { access(principal: $who, node: $what) { allowed level "
    "because { rule level path { nodes { type } relationships } } } }"
)
DIFF = (
    "query ($p: ID!, $grant: [AccessGrant!], $revoke: [AccessRevocation!]) { "
    "accessDiff(partner: $p, ifGrant: $grant, ifRevoke: $revoke) { "
    "gained { parties documents page { party { id } before after documents } } "
    "lost { parties documents page { party { id } before after documents } } } }"
)
SEERS = "query ($what: ID!) { whoCanSee(node: $what) { seers { principal { id } level } next } }"
OWNER = (
    "query ($what: ID!, $topic: String) { responsibleFor(node: $what, topic: $topic) { "
    "owner { id type } rule because { relationships } } }"
)


@pytest.fixture
async def executor(build: Build) -> Executor:
    """Return an executor over the small world."""
    return await build(small())


async def test_staff_are_told_why_who_may_see_and_what_a_change_would_do(
    executor: Executor,
) -> None:
    case, pat = encode_id("Case", "w-Case"), encode_id("User", "pat-pat")

    found = (await ask(executor, ACCESS, who=pat, what=case))["access"]
    assert found["allowed"] is True
    (reason,) = found["because"]
    assert reason["rule"] == "SERVES"
    assert [each["type"] for each in reason["path"]["nodes"]] == [
        "User", "Company", "Company", "Case",
    ]  # fmt: skip
    assert reason["path"]["relationships"] == ["ACTS_FOR", "SERVES", "FOR"]

    seers = (await ask(executor, SEERS, what=case))["whoCanSee"]
    assert {each["principal"]["id"] for each in seers["seers"]} == {
        pat, *(encode_id("User", each) for each in ("boss-boss", "s-am", "s-dev", "s-gone"))
    }  # fmt: skip
    assert seers["next"] is None

    served = encode_id("Company", "w-served")
    ends = [{"partyIds": [served], "fact": "SERVES"}]
    lost = (await ask(executor, DIFF, p=encode_id("Company", "p-firm"), revoke=ends))["accessDiff"]
    assert lost["gained"] == {"parties": 0, "documents": 0, "page": []}
    # Of the six papers the order is shared with the partner itself.
    assert lost["lost"]["page"] == [
        {"party": {"id": served}, "before": "FULL", "after": None, "documents": 5}
    ]

    more = [{"partyIds": [encode_id("Company", "w-known"), served], "fact": "ASSIGNED_TO"}]
    won = (await ask(executor, DIFF, p=encode_id("Company", "p-firm"), grant=more))["accessDiff"]
    assert (won["gained"]["parties"], won["gained"]["documents"]) == (1, 6)
    assert won["gained"]["page"][0]["before"] == "PROFILE"


async def test_the_topic_then_the_nearest_company_then_the_territory_says_who_is_responsible(
    executor: Executor,
) -> None:
    async def owner(label: str, id_: str, topic: str | None = None) -> tuple[str, str] | None:
        given = {"what": encode_id(label, id_), "topic": topic}
        found = (await ask(executor, OWNER, **given))["responsibleFor"]
        return (found["owner"]["id"], found["rule"]) if found else None

    account, expert = encode_id("User", "s-am"), encode_id("User", "s-dev")
    # The owner of the subsidiary may not sign in any more, so its parent's counts.
    assert await owner("Case", "w-Case") == (account, "ASSIGNED")
    assert await owner("Case", "w-Case", "TECH") == (expert, "TOPIC")
    assert await owner("Case", "w-Case", "LAW") == (account, "ASSIGNED")
    assert await owner("Company", "w-alone") == (encode_id("Team", "s-south"), "TERRITORY")
    assert await owner("Company", "p-firm") is None


async def test_what_is_not_there_has_no_access_and_nobody_else_may_ask(executor: Executor) -> None:
    pat, none = encode_id("User", "pat-pat"), encode_id("Case", "none")

    assert (await ask(executor, ACCESS, who=pat, what=none))["access"] is None
    partner = Viewer(Audience.PARTNER, ISSUER, "pat")
    answer = await executor.execute(ACCESS, {"who": pat, "what": none}, None, partner)
    assert isinstance(answer, dict)
    assert [each["extensions"]["code"] for each in answer["errors"]] == ["INVALID_DOCUMENT"]
