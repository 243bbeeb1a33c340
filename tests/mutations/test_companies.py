"""companyUpsert and companyPatch."""

import asyncio
from typing import Any

import pytest

from tests.mutations.conftest import Api, Put

pytestmark = pytest.mark.anyio

COMPANY = "company { name taxId website annualRevenue { amount currency } employees }"


async def test_a_company_is_made_and_changed_with_its_money(api: Api):
    given = {"source": "erp", "externalId": "7"}
    payload = await api.done(
        "companyUpsert",
        COMPANY,
        **given,
        name="Acme",
        taxId="FR 123",
        website="https://acme.example/",
        annualRevenue={"amount": "1234.56", "currency": "EUR"},
    )

    assert payload["company"] == {
        "name": "Acme",
        "taxId": "FR 123",
        "website": "https://acme.example/",
        "annualRevenue": {"amount": "1234.56", "currency": "EUR"},
        "employees": None,
    }
    payload = await api.done("companyUpsert", COMPANY, **given, employees=12)
    assert payload["company"]["employees"] == 12
    assert payload["company"]["annualRevenue"] == {"amount": "1234.56", "currency": "EUR"}


async def test_a_company_is_found_by_what_identifies_it(api: Api):
    await api.done("companyUpsert", name="Acme", taxId="fr 12-3")

    found = await api.ask('{ customer(by: {taxId: "FR123"}) { name } }')

    assert found["customer"] == {"name": "Acme"}


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"website": "acme"}, ("NOT_A_URL", "website")),
        ({"employees": 2**31 - 1, "name": None}, ("REQUIRED", "name")),
        (
            {"annualRevenue": {"amount": "1.234", "currency": "EUR"}},
            ("INVALID_AMOUNT", "annualRevenue"),
        ),
        (
            {"annualRevenue": {"amount": "1", "currency": "XXZ"}},
            ("INVALID_AMOUNT", "annualRevenue"),
        ),
        (
            {"annualRevenue": {"amount": "9" * 20, "currency": "EUR"}},
            ("INVALID_AMOUNT", "annualRevenue"),
        ),
    ],
)
async def test_a_company_that_makes_no_sense_is_neither_made_nor_changed(
    api: Api, put: Put, given: dict[str, Any], refusal: tuple[str, str]
):
    acme = await put("Company", "acme", name="Acme")

    assert await api.refused("companyPatch", companyId=acme, **given) == [refusal]
    assert await api.refused("companyUpsert", **{"name": "Globex", **given}) == [refusal]


async def test_concurrent_patches_of_a_company_are_all_kept(api: Api, put: Put):
    acme = await put("Company", "acme", name="Acme")

    await asyncio.gather(
        api.done("companyPatch", companyId=acme, industry="Pumps"),
        api.done("companyPatch", companyId=acme, employees=5),
        api.done("companyPatch", companyId=acme, taxId="X1"),
    )

    found = await api.ask(
        "query ($id: ID!) { customer(id: $id) { ... on Company { industry employees taxId } } }",
        id=acme,
    )
    assert found["customer"] == {"industry": "Pumps", "employees": 5, "taxId": "X1"}
