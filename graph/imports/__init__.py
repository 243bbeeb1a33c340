"""Import: files become nodes and links, as a mapping says, through the one write path.

Read `docs/import.md` for the language of mappings. The way of a row: `rows` (CSV, JSONL, XLSX) →
`plan` (the mapping, compiled) → `reducing` and `staging` (one thing per key, on disk) → `batches`
and `writing` (one transaction per portion, with the `job` that remembers the place).
"""

from graph.imports.errors import FileRefused, ImportRefused, MappingRefused
from graph.imports.generic import generic_mapping, is_generic
from graph.imports.mapping import Mapping
from graph.imports.progress import OnProgress, Phase, Progress, Summary, Tally
from graph.imports.running import committed_mappings, import_file, load_mapping

__all__ = [
    "FileRefused",
    "ImportRefused",
    "Mapping",
    "MappingRefused",
    "OnProgress",
    "Phase",
    "Progress",
    "Summary",
    "Tally",
    "committed_mappings",
    "generic_mapping",
    "import_file",
    "is_generic",
    "load_mapping",
]
