"""`history` and `diff`: root fields that tell how a node came to be what it is."""

from loaders.history.fields import diff, history
from loaders.history.values import FIELD_VALUE, FieldValue

__all__ = ["FIELD_VALUE", "FieldValue", "diff", "history"]
