"""Which of our two media types a caller accepts, by the rules of GraphQL over HTTP."""

from api.refusals import GRAPHQL_JSON, JSON, Refusal

NAMED = 2


def negotiate(accept: str | None) -> str:
    """Return the media type of the response.

    Args:
        accept: The request's Accept header; None or blank accepts everything.

    Raises:
        Refusal: 406, when neither of our types is accepted.
    """
    if not accept or not accept.strip():
        return JSON
    ranges = [_range(part) for part in accept.split(",") if part.strip()]
    modern, older = _weight(GRAPHQL_JSON, ranges), _weight(JSON, ranges)
    if max(modern, older)[0] == 0:
        message = f"Only {JSON} and {GRAPHQL_JSON} can be sent: accept one of them."
        raise Refusal(406, "NOT_ACCEPTABLE", message)
    # A client that names neither, only a pattern, is an older one and expects application/json.
    by_name = modern[1] == NAMED
    return GRAPHQL_JSON if modern > older or (modern == older and by_name) else JSON


def accepts_html(accept: str | None) -> bool:
    """Whether a caller that accepts this can show a page."""
    ranges = [_range(part) for part in (accept or "*/*").split(",") if part.strip()]
    return _weight("text/html", ranges)[0] > 0


def _range(part: str) -> tuple[str, float]:
    """Read one media range and its weight; a weight nobody can read counts as none."""
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                return name, min(1.0, max(0.0, float(value)))
            except ValueError:
                return name, 0.0
    return name, 1.0


def _weight(offered: str, ranges: list[tuple[str, float]]) -> tuple[float, int]:
    """Return weight and precision of the most precise range that covers a type."""
    whole = offered.partition("/")[0] + "/*"
    for precision, pattern in ((NAMED, offered), (1, whole), (0, "*/*")):
        for name, weight in ranges:
            if name == pattern:
                return (weight, precision) if weight else (0.0, 0)
    return 0.0, 0
