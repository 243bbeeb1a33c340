"""Products: how they are found."""

from graph.statements import Pattern

BY_SKU = Pattern("products.by_sku", "MATCH (NODE:Product {sku: VALUE})")
BY_RECORD = Pattern(
    "products.by_record",
    "MATCH (NODE:Product {source: VALUE.source, externalId: VALUE.externalId})",
)
