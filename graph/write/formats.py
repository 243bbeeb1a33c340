"""Normal forms of single values: e-mail addresses, telephone numbers, times, tags.

Each function takes text as a source wrote it and returns the form the graph stores, or raises
`ValueError` with a sentence that never repeats the value. Remembered results are bounded.
"""

from datetime import UTC, date, datetime
from functools import lru_cache
from urllib.parse import urlsplit

import orjson
import phonenumbers
from babel.core import Locale, UnknownLocaleError
from email_validator import EmailNotValidError, validate_email

REMEMBERED = 50_000


def moment(value: object) -> str:
    """Return a point in time as `2026-11-22T10:00:00.000Z`; it must say its time zone."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError as error:
            raise ValueError("must be an ISO 8601 time such as 2026-11-22T10:00:00Z") from error
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError("must be an ISO 8601 time with its time zone, such as a final Z")
    if value.tzinfo is not UTC:
        try:
            value = value.astimezone(UTC)
        except OverflowError as error:
            raise ValueError("must lie between the years 1 and 9999") from error
    return value.isoformat(timespec="milliseconds")[:-6] + "Z"


def day(value: object) -> str:
    """Return a calendar day as `2026-11-22`."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError as error:
            raise ValueError("must be an ISO 8601 day such as 2026-11-22") from error
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    raise ValueError("must be an ISO 8601 day such as 2026-11-22")


@lru_cache(REMEMBERED)
def email(value: str) -> str:
    """Return an address with its domain in lower case (RFC 5322 addr-spec, no DNS look-up)."""
    try:
        return validate_email(value, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise ValueError("must be an e-mail address such as ana@example.org") from error


@lru_cache(REMEMBERED)
def phone(value: str) -> str:
    """Return a telephone number in E.164; it must begin with + and the country's code."""
    try:
        number = phonenumbers.parse(value)
    except phonenumbers.NumberParseException as error:
        raise ValueError(
            "must be an international telephone number such as +33 1 23 45 67 89"
        ) from error
    if not phonenumbers.is_possible_number(number):
        raise ValueError("must be a telephone number of a possible length")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(REMEMBERED)
def url(value: str) -> str:
    """Return an http or https address with a host, without surrounding blanks."""
    value = value.strip()
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError("must be a web address such as https://example.org/") from error
    if parts.scheme.lower() not in {"http", "https"} or not host or any(map(str.isspace, value)):
        raise ValueError("must be a web address that begins with http:// or https://")
    if len(value) > 1_000:
        raise ValueError("must have at most 1,000 characters")
    return value


@lru_cache(1_000)
def language(value: str) -> str:
    """Return a BCP 47 tag such as `fr` or `fr-CA` that the CLDR knows."""
    try:
        return str(Locale.parse(value.replace("_", "-"), sep="-")).replace("_", "-")
    except (UnknownLocaleError, ValueError, TypeError) as error:
        raise ValueError("must be a language tag such as fr or fr-CA") from error


def json(value: object) -> str:
    """Return a JSON document as text; objects and lists are written out with sorted keys."""
    try:
        if isinstance(value, str):
            orjson.loads(value)
        else:
            value = orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except (orjson.JSONDecodeError, orjson.JSONEncodeError) as error:
        raise ValueError("must be a JSON document") from error
    if len(value) > 100_000:
        raise ValueError("must have at most 100,000 characters")
    return value
