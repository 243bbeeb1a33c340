"""Bolt messages are cut and read right, whatever the pieces they arrive in."""

import itertools

import pytest

from bench.bolt import Messages, run_of

HELLO = bytes([0xB1, 0x01, 0xA0])
# RUN "RETURN $a" {"a": [1, -1, 300, 1.5, null, true]} {}
RUN = (
    bytes([0xB3, 0x10, 0x89])
    + b"RETURN $a"
    + bytes([0xA1, 0x81])
    + b"a"
    + bytes([0x96, 0x01, 0xFF, 0xC9, 0x01, 0x2C, 0xC1, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0, 0xC0, 0xC3])
    + bytes([0xA0])
)
PARAMETERS = {"a": [1, -1, 300, 1.5, None, True]}
KEEP_ALIVE = b"\x00\x00"


def framed(message: bytes, chunk: int = 7) -> bytes:
    parts = [message[at : at + chunk] for at in range(0, len(message), chunk)]
    return b"".join(len(each).to_bytes(2, "big") + each for each in parts) + b"\x00\x00"


@pytest.mark.parametrize("size", [1, 2, 5, 1_000])
@pytest.mark.parametrize("choice", [b"", b"\x00\x00\x08\x05\x81\x01"], ids=["classic", "manifest"])
def test_messages_are_counted_behind_either_handshake(size: int, choice: bytes):
    stream = bytes(20) + choice + framed(HELLO) + KEEP_ALIVE + framed(RUN)
    messages = Messages()

    first = messages.feed(stream[:20])
    messages.manifest = bool(choice)
    pieces = [stream[at : at + size] for at in range(20, len(stream), size)]
    found = list(itertools.chain(first, *(messages.feed(each) for each in pieces)))

    assert found == [HELLO, RUN]


def test_a_statement_is_read_with_its_parameters():
    assert run_of(RUN) == ("RETURN $a", PARAMETERS)
    assert run_of(HELLO) is None
