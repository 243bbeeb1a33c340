"""Custom fields: what may be kept beside the model, of which type, why, and for how long."""

from graph.custom.definitions import MOST, NAME
from graph.model import MODEL
from graph.model.kinds import Purpose, Retention
from graph.model.machinery import FIELD_DEF
from graph.write.actions import Action, Create, Draft, Guard, Ref, Return, Update

_PURPOSES = ", ".join(Purpose)
_RETENTIONS = ", ".join(Retention)


def _define(draft: Draft) -> None:
    values = draft.props["field"]
    name, label = str(values.get("name")), str(values.get("label"))
    if NAME.fullmatch(name) is None:
        message = "name must be at most 60 letters and digits, the first a small letter."
        draft.refuse("INVALID", message, "name")
    node = MODEL.by_label.get(label)
    if node is None or node.machinery:
        message = "label must be a kind of node, such as Person, Order or Party."
        draft.refuse("INVALID", message, "label")
    if values.get("purpose") not in list(Purpose):
        draft.refuse("REQUIRED", f"purpose must be one of {_PURPOSES}.", "purpose")
    if values.get("retention") not in list(Retention):
        draft.refuse("REQUIRED", f"retention must be one of {_RETENTIONS}.", "retention")


FIELD_DEFINE = Action(
    "fieldDefine",
    "Defines a custom field: it can be given, read and filtered at once.",
    creates=(
        Create("field", FIELD_DEF, ("name", "label", "title", "type", "purpose", "retention")),
    ),
    guards=(
        Guard(
            "CONFLICT",
            "There is, or was, a field of this name; restore it, or choose another name.",
            "EXISTS { MATCH (f:FieldDef {name: r.creates.field.name}) "
            "WHERE f.label = r.creates.field.label }",
            ("name",),
        ),
        Guard(
            "LIMIT_REACHED",
            f"There are {MOST} custom fields already; retire one first.",
            "COUNT { MATCH (f:FieldDef) WHERE f.retiredAt IS NULL } >= 200",
        ),
    ),
    prepare=_define,
    returns=(Return("field", "field", "FieldDef"),),
)
_FIELD = Ref("field", (FIELD_DEF,), "The custom field.")


def _retire(draft: Draft) -> None:
    draft.props["field"]["retiredAt"] = draft.now


def _restore(draft: Draft) -> None:
    draft.props["field"]["retiredAt"] = None


FIELD_RETIRE = Action(
    "fieldRetire",
    "Takes a custom field out of use: it is no longer shown or taken; its values are kept.",
    refs=(_FIELD,),
    updates=(Update("field"),),
    guards=(Guard("NOT_ALLOWED", "It is out of use already.", "field.retiredAt IS NOT NULL"),),
    prepare=_retire,
    returns=(Return("field", "field", "FieldDef"),),
)
FIELD_RESTORE = Action(
    "fieldRestore",
    "Takes a custom field that was retired into use again, with the values it had.",
    refs=(_FIELD,),
    updates=(Update("field"),),
    guards=(
        Guard("NOT_ALLOWED", "It is in use.", "field.retiredAt IS NULL"),
        Guard(
            "LIMIT_REACHED",
            f"There are {MOST} custom fields already; retire one first.",
            "COUNT { MATCH (f:FieldDef) WHERE f.retiredAt IS NULL } >= 200",
        ),
    ),
    prepare=_restore,
    returns=(Return("field", "field", "FieldDef"),),
)

ACTIONS = (FIELD_DEFINE, FIELD_RETIRE, FIELD_RESTORE)
