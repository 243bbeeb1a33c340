"""The log: JSON lines that hold nothing personal."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from api.errors import ApiError
from api.logs import log_server
from tests.api.conftest import Server

PERSONAL = "ada.lovelace@example.org"


@pytest.fixture
def root_logger() -> Iterator[None]:
    """Give the root logger back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    for handler in root.handlers[:]:
        root.removeHandler(handler)
        handler.close()
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(level)
    structlog.reset_defaults()


def fail() -> None:
    raise ValueError(PERSONAL)


@pytest.mark.usefixtures("root_logger")
@pytest.mark.parametrize("human", [True, False])
def test_an_exception_is_logged_without_its_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], human: bool
):
    file = log_server("INFO", tmp_path, name="1", human=human)

    try:
        fail()
    except ValueError as error:
        logging.getLogger("a.library").exception("it failed")
        structlog.stdlib.get_logger("ours").error("ours failed", exc_info=error)

    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["event"] for line in lines] == ["it failed", "ours failed"]
    assert {line["exception"] for line in lines} == {"ValueError"}
    assert all(line["places"][-1].endswith(" fail") for line in lines)
    shown = capsys.readouterr().err
    assert "it failed" in shown
    assert PERSONAL not in file.read_text() + shown


def test_a_log_that_cannot_be_written_gets_one_sentence(tmp_path: Path):
    (tmp_path / "logs").write_text("a file, not a directory")

    with pytest.raises(ApiError, match="C360_DATA_DIR") as caught:
        log_server("INFO", tmp_path, name="1", human=True)

    assert caught.value.code == "DATA_DIR_UNUSABLE"


def test_what_was_asked_is_not_in_any_log_of_the_server(server: Server):
    server.ask(f'query {{ customer(by: {{email: "{PERSONAL}"}}) {{ id }} }}')
    server.ask("query Q($x: Int) { __typename }", variables={"x": PERSONAL})
    server.ask(f'query {{ "{PERSONAL}" }}')

    folder = server.place.data_dir / "logs"
    own = folder / f"api-{server.place.port}.log"
    for log in folder.iterdir():
        assert PERSONAL not in log.read_text(encoding="utf-8", errors="replace"), log.name
    for line in own.read_text(encoding="utf-8").splitlines():
        assert {"event", "level", "timestamp"} <= set(json.loads(line))
