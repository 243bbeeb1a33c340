"""A look at a document's text that costs little: how long it is in tokens, and how deeply nested.

It comes before the parser, whose every token costs a hundred times as much, and stops as soon as
there are too many. Whether the text is GraphQL is the parser's to say.
"""

import re

from loaders.errors import BadRequest, Code

# A comment counts, too: a document of nothing but comments is work for nothing.
_TOKEN = re.compile(
    r"""
      [\s,\ufeff]+
    | (?P<open>[{(\[])
    | (?P<close>[})\]])
    | (?P<token>
          [_A-Za-z][_0-9A-Za-z]*
        | -?[0-9][0-9.eE+-]*
        | \"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"
        | "(?:[^"\\\n]|\\.)*"
        | \.\.\.
        | \#[^\n\r]*
        | .
      )
    """,
    re.VERBOSE | re.DOTALL,
)
# Longer numbers fit no type, and Python takes the square of their length to read them.
NUMBER_CHARS = 40


def count_tokens(text: str, most: int, deepest: int) -> int:
    """Return the number of tokens, comments and brackets among them.

    Args:
        text: A GraphQL document, perhaps.
        most: Tokens at which counting stops.
        deepest: Brackets in each other at which counting stops.

    Raises:
        BadRequest: there are more than `most`, more than `deepest` brackets in each other, or a
            number has more than 40 characters.
    """
    count = depth = 0
    for each in _TOKEN.finditer(text):
        kind = each.lastgroup
        if kind is None:
            continue
        count += 1
        if count > most:
            message = f"The document has more than {most} tokens: ask for less at a time."
            raise BadRequest(Code.TOO_MANY_TOKENS, message)
        if kind == "open":
            depth += 1
            if depth > deepest:
                message = f"More than {deepest} brackets stand in each other: nest less."
                raise BadRequest(Code.TOO_DEEP, message)
        elif kind == "close":
            depth -= 1
        elif each.end() - each.start() > NUMBER_CHARS and text[each.start()] in "-0123456789":
            message = f"A number may have {NUMBER_CHARS} characters: write a shorter one."
            raise BadRequest(Code.INVALID_DOCUMENT, message)
    return count
