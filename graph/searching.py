"""Search: which nodes a text finds in the full-text indexes, and how well they fit it.

Candidates come from the index; whether and how well one fits is decided here, from its own words
alone. Lucene's score is never read: it tells of documents that the viewer may not see.
"""

import unicodedata
from typing import LiteralString, cast

CANDIDATES = 500
"""How many nodes of one index are ranked at most: those with most of the words, as they are or as
beginnings, before those with words like them."""

READ = 4_000
"""How many characters of a property are read for the rank."""

EXACT, PREFIX, SIMILAR, FIRST = 30, 20, 10, 5
"""Points of a word: as it is, as a beginning, as a similar word; and of the leading property."""

WORD, WHOLE = 1_000, 500
"""Points for each word found, and for a leading property that is the text and nothing else."""

_MARKS = [*range(0x300, 0x30D), 0x313, 0x314, *range(0x323, 0x329), 0x32D, 0x32E, 0x331, 0x338]
LETTERS = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ŧ": "t",
    "þ": "th", "ı": "i", "ĸ": "q", "ŋ": "n", "ſ": "s",
    "ʼ": "", "·": "",
}  # fmt: skip
"""Letters that no decomposition takes apart, as the index's analyser folds them."""

_BREAKS = "\t\n\r-_.,;:/\\'\"()[]{}<>@+&!?#*%=|~`^$‘’“”„«»‹›–—•¡¿€£¥§°¶¦¬©®×÷"


def _string(text: str) -> str:
    return "'" + "".join(map(_character, text)) + "'"


def _character(each: str) -> str:
    if each in "\\'":
        return "\\" + each
    # Escapes are read before quotes are, so only what means nothing to Cypher may be one.
    return each if " " <= each <= "~" else f"\\u{ord(each):04x}"


_MARKED = [*((chr(each), "") for each in _MARKS), *LETTERS.items()]
_FOLDS = cast(
    "LiteralString",  # made from the constants above, as the next
    "[" + ", ".join(f"[{_string(a)}, {_string(b)}]" for a, b in _MARKED) + "]",
)
_PARTED = cast("LiteralString", "[" + ", ".join(map(_string, " " + _BREAKS)) + "]")


def fold(text: str) -> str:
    """Words as the index's analyser folds them, with one blank between each two.

    Lower case, no accents, no ligatures; whatever is no letter or digit parts words.
    """
    plain = unicodedata.normalize("NFKD", text).lower()
    letters = [LETTERS.get(each, each) for each in plain if not unicodedata.combining(each)]
    parted = "".join(each if each.isalnum() else " " for each in "".join(letters))
    return " ".join(parted.split())


def _number(value: int) -> LiteralString:
    return cast("LiteralString", str(value))  # one of the constants above


_CANDIDATES, _READ, _WORD, _WHOLE = map(_number, (CANDIDATES, READ, WORD, WHOLE))


# Most texts have no accents, and taking them off is most of the work.
_FOLDED: LiteralString = (
    "CASE WHEN text =~ '[ -~]*' THEN toLower(text) ELSE "
    f"reduce(folded = toLower(normalize(text, NFKD)), fold IN {_FOLDS} | "
    "replace(folded, fold[0], fold[1])) END"
)
# Levenshtein's distance, row by row: Cypher has no function for it.
_DISTANCE: LiteralString = (
    "reduce(row = range(0, size(word[0])), i IN range(1, size(other)) | "
    "reduce(next = [i], j IN range(1, size(word[0])) | next + "
    "CASE WHEN substring(other, i - 1, 1) = substring(word[0], j - 1, 1) THEN row[j - 1] "
    "WHEN row[j - 1] <= row[j] AND row[j - 1] <= next[j - 1] THEN row[j - 1] + 1 "
    "WHEN row[j] <= next[j - 1] THEN row[j] + 1 ELSE next[j - 1] + 1 END))[size(word[0])]"
)
_SIMILAR: LiteralString = (
    "any(other IN texts[place] WHERE other IN word[2] OR "
    "abs(size(other) - size(word[0])) <= word[1] AND "
    f"any(piece IN word[3] WHERE other CONTAINS piece) AND {_DISTANCE} <= word[1])"
)
_FIRST: LiteralString = f"CASE place WHEN 0 THEN {_number(FIRST)} ELSE 0 END"
_BEST: LiteralString = (
    "reduce(best = 0, each IN [place IN range(0, size(texts) - 1) | "
    f"CASE WHEN word[0] IN texts[place] THEN {_number(EXACT)} + {_FIRST} "
    "WHEN any(other IN texts[place] WHERE other STARTS WITH word[0]) "
    f"THEN {_number(PREFIX)} + {_FIRST} "
    f"WHEN word[1] > 0 AND {_SIMILAR} THEN {_number(SIMILAR)} + {_FIRST} ELSE 0 END] | "
    "CASE WHEN each > best THEN each ELSE best END)"
)
"""The points of `word` in that one of `texts` where it has most."""


def found(searches: LiteralString, query: LiteralString, words: LiteralString) -> LiteralString:
    """The clauses that yield every NODE found with EDGE, a map that holds its rank.

    Args:
        searches: Parameter: for each index its name, the properties that are read (the leading one
            first) and the labels that are wanted.
        query: Parameter: the query in Lucene's syntax.
        words: Parameter: for each word the word itself, how many letters of a similar one may
            differ, words that are equally similar, and pieces of which a similar one has one.
    """
    return f"""«GATHER Party those»UNWIND {searches} AS search
CALL (*) {{
  CALL db.index.fulltext.queryNodes(search[0], {query}) YIELD node
  WITH node WHERE any(label IN labels(node) WHERE label IN search[2])
    AND TOLD_Node(node, those)
  RETURN node LIMIT {_CANDIDATES}
}}
WITH search, node AS NODE, [name IN search[1] | left(coalesce(node[name], ''), {_READ})] AS texts
WITH NODE, [text IN texts WHERE size(text) = {_READ}] AS long,
  [text IN texts | [word IN split({_FOLDED}, {_PARTED}) WHERE word <> '']] AS texts
WITH NODE, long, texts, [word IN {words} | {_BEST}] AS points
WITH NODE, long, texts, reduce(sum = 0, each IN points | sum + each
  + CASE WHEN each > 0 THEN {_WORD} ELSE 0 END) AS rank
WHERE rank > 0 OR size(long) > 0
WITH NODE, {{rank: rank + CASE WHEN texts[0] = [word IN {words} | word[0]]
  THEN {_WHOLE} ELSE 0 END}} AS EDGE
WITH NODE, EDGE"""
