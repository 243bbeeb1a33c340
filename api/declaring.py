"""What the declaration of a setting is made of: `api.settings` is the table of them all."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field


def setting(name: str, default: Any, description: str, allowed: str, **rules: Any) -> Any:
    """Declare a setting: its variable, its default, what it does and what it may be."""
    return Field(
        default,
        validation_alias=name,
        description=description,
        json_schema_extra={"allowed": allowed},
        **rules,
    )


def expanded(path: Path) -> Path:
    """Return a path as it is from wherever the process runs."""
    return path.expanduser().absolute()


Directory = Annotated[Path, AfterValidator(expanded)]
# Changes of single figures; what each means stands in api/guard/rules.py and docs/limits.md.
_CHANGE = (
    "((depth|introspection_depth|aliases|directives|definitions|variables|fields|repeats|price"
    "|budget|restore|concurrency)=[1-9][0-9]{0,8}|(introspection|suggestions|trusted)=(on|off))"
)
Changes = rf"^\s*{_CHANGE}(\s+{_CHANGE})*\s*$"
CHANGES = "changes such as `depth=10 budget=5000 introspection=off`, by names of docs/limits.md"
Memory = r"^[1-9][0-9]{0,6}[kKmMgG]$"
