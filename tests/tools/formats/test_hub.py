"""Datasets come from a hub that answers as the client expects, and every refusal is explained."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from bcb_tools.corpus import load_files
from bcb_tools.errors import InputError, UsageError
from bcb_tools.formats.export import export_tasks
from bcb_tools.formats.hub import HubSource, fetch, parse_hub_source
from support.hub import REPO, SHA, Hub
from support.made_tasks import made_task


@pytest.fixture
def hub(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """A hub on this machine, out of reach of proxies and of the developer's own token."""
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", "/nonexistent/token")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_PROGRESS_BARS", True)
    return Hub.on(httpserver)


def rows(tmp_path: Path, number: int, suffix: str = ".parquet") -> bytes:
    """A dataset file with one task."""
    path = tmp_path / f"made{suffix}"
    export_tasks([made_task(id=f"t/{number}", slug=f"t-{number}")], path, overwrite=True)
    return path.read_bytes()


def get(hub: Hub, tmp_path: Path, text: str, token: str = "") -> list[str]:
    """Fetch, and say which tasks came."""
    fetched = fetch(
        parse_hub_source(text),
        endpoint=hub.endpoint,
        token=token or None,
        cache=tmp_path / "cache",
    )
    assert fetched.revision == SHA
    return list(load_files(fetched.files, name="hub", source=Path(text)).tasks)


def refused(hub: Hub, tmp_path: Path, text: str, token: str = "") -> InputError:
    """Fetch in vain."""
    with pytest.raises(InputError) as caught:
        get(hub, tmp_path, text, token)
    return caught.value


def test_versions_are_splits(hub: Hub, tmp_path: Path) -> None:
    """The split behind the @ is fetched with all its shards, and nothing else is."""
    hub.files = {
        "data/v0.1.0_hf-00000-of-00001.parquet": rows(tmp_path, 0),
        "data/v0.1.4-00000-of-00002.parquet": rows(tmp_path, 1),
        "data/v0.1.4-00001-of-00002.parquet": rows(tmp_path, 2),
    }
    assert get(hub, tmp_path, "hub:owner/name@v0.1.4") == ["t/1", "t/2"]
    assert get(hub, tmp_path, "hub:owner/name@v0.1.0_hf") == ["t/0"]
    heads = [path for method, path in hub.asked if method == "HEAD"]
    assert len(heads) == 3


def test_second_time_comes_from_the_cache(hub: Hub, tmp_path: Path) -> None:
    """A file that is already here is not fetched again."""
    hub.files = {"data/test-00000-of-00001.parquet": rows(tmp_path, 1)}
    get(hub, tmp_path, "hub:owner/name")
    get(hub, tmp_path, "hub:owner/name")
    assert sum(method == "GET" and path.startswith("/blobs/") for method, path in hub.asked) == 1


def test_only_split_needs_no_name(hub: Hub, tmp_path: Path) -> None:
    """Without @ the only split is taken; of several one must be named."""
    hub.files = {"test.jsonl": rows(tmp_path, 1, ".jsonl")}
    assert get(hub, tmp_path, "hub:owner/name") == ["t/1"]
    hub.files["train.jsonl"] = rows(tmp_path, 2, ".jsonl")
    error = refused(hub, tmp_path, "hub:owner/name")
    assert (str(error), error.hint) == (
        "`hub:owner/name` has several splits",
        "add one of them behind an @: test, train",
    )


def test_subsets_are_folders(hub: Hub, tmp_path: Path) -> None:
    """The subset behind the # is looked for by folder, in both layouts that the hub knows."""
    hub.files = {
        "data/v1-00000-of-00001.parquet": rows(tmp_path, 0),
        "hard/v1-00000-of-00001.parquet": rows(tmp_path, 1),
        "easy/v1/0000.parquet": rows(tmp_path, 2),
    }
    assert get(hub, tmp_path, "hub:owner/name@v1#hard") == ["t/1"]
    assert get(hub, tmp_path, "hub:owner/name@v1#easy") == ["t/2"]
    error = refused(hub, tmp_path, "hub:owner/name@v1#none")
    assert "no subset `none`" in str(error)
    assert error.hint == "subsets with data files: default, easy, hard"


def test_unknown_split_lists_the_known_ones(hub: Hub, tmp_path: Path) -> None:
    """A version that is not there is answered with those that are, in natural order."""
    hub.files = {f"data/v0.1.{n}-00000-of-00001.parquet": b"" for n in (10, 2)}
    error = refused(hub, tmp_path, "hub:owner/name@v9")
    assert "no split `v9`" in str(error)
    assert error.hint == "its splits are v0.1.2, v0.1.10"


def test_token_is_sent_and_checked(hub: Hub, tmp_path: Path) -> None:
    """A private dataset comes with the right token; without one or with a wrong one the error says so."""
    hub.token = "hf_secret"
    hub.files = {"data/test-00000-of-00001.parquet": rows(tmp_path, 1)}
    assert get(hub, tmp_path, "hub:owner/name", "hf_secret") == ["t/1"]
    error = refused(hub, tmp_path, "hub:owner/name")
    assert "knows no such dataset" in str(error)
    assert "HF_TOKEN" in error.hint
    error = refused(hub, tmp_path, "hub:owner/name", "hf_wrong")
    assert "status 401" in str(error)
    assert error.hint == "check HF_TOKEN"
    assert "hf_wrong" not in str(error)


def test_gated_and_missing_datasets_are_explained(hub: Hub, tmp_path: Path) -> None:
    """Each refusal has a message of its own that says what to do."""
    assert "knows no such dataset" in str(refused(hub, tmp_path, "hub:owner/other"))
    hub.gated = True
    error = refused(hub, tmp_path, "hub:owner/name")
    assert "is gated" in str(error)
    assert "ask for access" in error.hint


def test_unreachable_hub_is_explained(hub: Hub, tmp_path: Path) -> None:
    """A wrong address gives a message and no traceback."""
    with pytest.raises(InputError, match="cannot be reached"):
        fetch(HubSource(REPO), endpoint="http://127.0.0.1:9", cache=tmp_path)


@pytest.mark.parametrize(
    "text", ["hub:", "hub:owner", "hub:a/b/c", "hub:a/b@", "hub:a/b@x@y", "hub:a/b#", "a/b"]
)
def test_malformed_sources_are_refused(text: str) -> None:
    """A source of another form is refused with an example."""
    with pytest.raises(UsageError) as caught:
        parse_hub_source(text)
    assert "hub:bigcode/bigcodebench@v0.1.4" in caught.value.hint


@pytest.mark.parametrize("text", ["hub:a/b", "hub:a/b@v0.1.4", "hub:a/b#hard", "hub:a/b@v0.1.4#hard"])
def test_source_reads_as_it_was_written(text: str) -> None:
    """A parsed source is shown as the text that it was read from."""
    assert str(parse_hub_source(text)) == text
