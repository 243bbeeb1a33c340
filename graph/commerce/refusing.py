"""How a rule of commerce says no."""

Place = tuple[str | int, ...]
"""Where in the input the reason lies, as GraphQL names it: `("lines", 2, "quantity")`."""


class Refused(Exception):
    """The request breaks a rule of commerce; nothing was changed.

    Attributes:
        code: Stable upper-snake code, such as NOT_ALLOWED; docs/commerce.md lists them.
        message: One sentence that says what to do; it names products and states, never people.
        place: Where in the input the reason lies; empty when it is in no field.
    """

    def __init__(self, code: str, message: str, place: Place = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.place = place
