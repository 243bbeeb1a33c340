"""What cannot work is refused in one sentence, before anything is written."""

import socket
from pathlib import Path
from typing import get_args

import pytest

from graph.engines import EngineConfig, EngineError, errors, open_engines, preflight
from graph.engines.runtime import owner_lock


def one_sentence(error: EngineError) -> bool:
    text = str(error)
    return "\n" not in text and ". " not in text and text.endswith((".", ")"))


@pytest.mark.parametrize("system", ["win32", "freebsd14"])
def test_an_unsupported_system_is_named_with_the_way_out(system: str) -> None:
    with pytest.raises(EngineError) as refusal:
        preflight.check_platform({"Java": Path("java")}, system)

    assert refusal.value.code == "UNSUPPORTED_PLATFORM"
    assert system in str(refusal.value)
    assert "NEO4J_URI and REDIS_URL" in str(refusal.value)
    assert one_sentence(refusal.value)


def test_a_machine_without_a_wheel_is_told_what_is_missing() -> None:
    with pytest.raises(EngineError) as refusal:
        preflight.check_platform({"Java": Path("java"), "Valkey": None}, "linux")

    assert "missing: Valkey" in str(refusal.value)


@pytest.mark.parametrize(("free", "needed"), [(1023 << 20, "1024 MiB"), (0, "1024 MiB")])
def test_a_disk_too_small_for_the_first_start_is_refused_and_nothing_written(
    tmp_path: Path, free: int, needed: str
) -> None:
    config = EngineConfig(data_dir=tmp_path / "data", cache_dir=tmp_path / "cache")

    with pytest.raises(EngineError) as refusal:
        open_engines(config, free_space=lambda _: free)

    assert refusal.value.code == "DISK_TOO_SMALL"
    assert needed in str(refusal.value)
    assert one_sentence(refusal.value)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_nearly_full_is_refused_on_later_starts(tmp_path: Path) -> None:
    config = EngineConfig(
        data_dir=tmp_path / "data",
        cache_dir=tmp_path / "cache",
        neo4j_uri="bolt://127.0.0.1:9",
    )

    with pytest.raises(EngineError, match="256 MiB are needed") as refusal:
        open_engines(config, free_space=lambda _: 255 << 20)

    assert refusal.value.code == "DISK_TOO_SMALL"
    assert list(tmp_path.iterdir()) == []


def test_free_space_is_measured_where_a_directory_will_be(tmp_path: Path) -> None:
    assert preflight.free_space(tmp_path / "not" / "yet" / "there") > 0


def test_a_data_directory_that_is_a_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.write_text("mine")
    config = EngineConfig(data_dir=file, cache_dir=tmp_path, neo4j_uri="bolt://127.0.0.1:9")

    with pytest.raises(EngineError) as refusal:
        open_engines(config)

    assert refusal.value.code == "DIRECTORY_UNUSABLE"
    assert one_sentence(refusal.value)
    assert file.read_text() == "mine"


def test_a_busy_port_is_refused_and_the_directory_is_free_again(
    tmp_path: Path, cache_dir: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        config = EngineConfig(data_dir=tmp_path, cache_dir=cache_dir, bolt_port=port)

        with pytest.raises(EngineError) as refusal:
            open_engines(config)

    assert refusal.value.code == "PORT_BUSY"
    assert str(port) in str(refusal.value)
    assert one_sentence(refusal.value)
    assert not (tmp_path / "neo4j" / "data").exists()
    owner_lock(tmp_path, timeout=0).acquire().lock.release()


def test_a_lost_password_is_refused_instead_of_replaced(tmp_path: Path, cache_dir: Path) -> None:
    (tmp_path / "neo4j" / "data" / "databases" / "system").mkdir(parents=True)

    with pytest.raises(EngineError) as refusal:
        open_engines(EngineConfig(data_dir=tmp_path, cache_dir=cache_dir))

    assert refusal.value.code == "PASSWORD_LOST"
    assert one_sentence(refusal.value)
    assert not (tmp_path / "neo4j" / "password").exists()


@pytest.mark.parametrize(
    ("heap", "page_cache", "setting"),
    [("999999g", "64m", "C360_NEO4J_HEAP"), ("256m", "lots", "C360_NEO4J_PAGE_CACHE")],
)
def test_a_memory_setting_that_cannot_work_is_named(
    tmp_path: Path, cache_dir: Path, heap: str, page_cache: str, setting: str
) -> None:
    config = EngineConfig(
        data_dir=tmp_path, cache_dir=cache_dir, neo4j_heap=heap, neo4j_page_cache=page_cache
    )

    with pytest.raises(EngineError) as refusal:
        open_engines(config)

    assert refusal.value.code == "START_FAILED"
    assert setting in str(refusal.value)
    assert one_sentence(refusal.value)
    owner_lock(tmp_path, timeout=0).acquire().lock.release()


def test_every_code_is_explained_in_the_documentation() -> None:
    page = (Path(__file__).parents[2] / "docs" / "engines.md").read_text()

    assert [code for code in get_args(errors.Code) if f"| `{code}` |" not in page] == []
