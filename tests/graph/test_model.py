"""The model is complete in itself, and its page says what it says."""

from pathlib import Path

import pytest

from graph.model import MODEL
from graph.model.document import DOMAINS, document
from graph.model.kinds import Node, Pii, Relationship, Type
from graph.write import validate
from graph.write.link_statements import LINKS

NODES = pytest.mark.parametrize("node", MODEL.nodes, ids=lambda node: node.name)
RELATIONSHIPS = pytest.mark.parametrize("each", MODEL.relationships, ids=lambda each: each.name)


def test_the_page_of_the_model_is_up_to_date():
    page = Path(__file__).parents[2] / "docs" / "model.md"

    assert page.read_text("utf-8") == document(), "run: python -m graph.model.document"


def test_every_domain_is_on_the_page():
    assert {node for _, nodes, _ in DOMAINS for node in nodes} == set(MODEL.nodes)
    assert {each for _, _, links in DOMAINS for each in links} == set(MODEL.relationships)


def test_labels_and_types_are_named_once():
    assert len(MODEL.by_label) == len(MODEL.nodes)
    assert len(MODEL.by_type) == len(MODEL.relationships)
    assert not set(MODEL.by_type) & {each.was for each in MODEL.relationships}


@NODES
def test_keys_indexes_and_search_name_properties_of_the_label(node: Node):
    named = {name for names in (*node.keys, *node.indexes, node.search) for name in names}

    assert named <= node.properties.keys()


@NODES
def test_a_key_beyond_the_id_is_required(node: Node):
    if node.machinery or node.sourced:
        return
    for key in node.keys[:1]:
        optional = [name for name in key if not node.properties[name].required]
        assert optional in ([], ["key"])  # a job of a kind need not work on something


@RELATIONSHIPS
def test_ends_are_in_the_model_and_keys_are_properties(each: Relationship):
    assert {*each.starts, *each.ends} <= set(MODEL.nodes)
    assert set(each.key) <= {one.name for one in each.own}


@NODES
def test_every_property_says_what_it_is_and_personal_data_for_how_long(node: Node):
    for each in node.own:
        assert each.description.endswith((".", "…")), each.name
        assert (each.type is Type.ENUM) == bool(each.values), each.name
        if each.pii is not Pii.NONE:
            assert each.purpose or node.purpose
            assert each.retention or node.retention


@NODES
def test_money_has_a_currency_beside_it(node: Node):
    if any(each.type is Type.MONEY for each in node.properties.values()):
        assert node.properties["currency"].type is Type.CURRENCY


@RELATIONSHIPS
def test_money_on_a_relationship_has_a_currency_beside_it(each: Relationship):
    if any(one.type is Type.MONEY for one in each.own):
        assert each.properties["currency"].type is Type.CURRENCY


@NODES
def test_a_record_can_say_whatever_its_party_can_hold(node: Node):
    party, record = MODEL.by_label["Party"], MODEL.by_label["SourceRecord"]
    if node.is_a(party):
        assert {each.name for each in node.own} <= record.properties.keys()


def test_every_relationship_with_a_history_can_be_written():
    assert set(LINKS) == {each.name for each in MODEL.relationships if each.history}


@NODES
def test_what_the_write_path_keeps_is_refused_from_a_source(node: Node):
    for name, each in node.properties.items():
        if each.internal:
            problems = validate(node, {name: "x"}, creating=False)
            assert isinstance(problems, list)
            assert [problem.code for problem in problems] == ["UNKNOWN_PROPERTY"]
