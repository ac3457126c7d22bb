"""Dataset files from the Hugging Face hub, named `hub:owner/name@split#subset`.

Versions of the benchmark are splits there (`v0.1.0_hf` ... `v0.1.4`), each with one or more parquet files.
`huggingface_hub` is loaded only here; it honours `HF_ENDPOINT` and `HF_TOKEN` and keeps what it fetched in
its own cache.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from bcb_tools.errors import InputError, UsageError
from bcb_tools.formats.files import SUFFIXES
from bcb_tools.task import natural_key

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Fetched", "HubSource", "fetch", "parse_hub_source"]

PREFIX = "hub:"

_SPEC = re.compile(r"hub:(?P<repo>[^@#/\s]+/[^@#/\s]+)(?:@(?P<split>[^@#\s]+))?(?:#(?P<subset>[^@#\s]+))?")
_SHARD = re.compile(r"-[0-9]{5}-of-[0-9]{5}\Z")


@dataclass(frozen=True)
class HubSource:
    """Which rows of which dataset.

    Attributes:
        repo: `owner/name`.
        split: The split, which for this benchmark is a version; empty for the only one.
        subset: The configuration; empty for the default one.
    """

    repo: str
    split: str = ""
    subset: str = ""

    def __str__(self) -> str:
        split = f"@{self.split}" if self.split else ""
        return f"{PREFIX}{self.repo}{split}" + (f"#{self.subset}" if self.subset else "")


@dataclass(frozen=True)
class Fetched:
    """Files that were brought here.

    Attributes:
        source: The source, with the split that was taken.
        revision: The commit of the dataset's repository.
        files: Local copies, in order.
    """

    source: HubSource
    revision: str
    files: tuple[Path, ...]


def parse_hub_source(text: str) -> HubSource:
    """Read `hub:owner/name@split#subset`.

    Raises:
        UsageError: The text has another form.
    """
    match = _SPEC.fullmatch(text)
    if match is None:
        raise UsageError(
            f"`{text}` does not name a dataset on the hub",
            hint="write `hub:owner/name@split`, for example `hub:bigcode/bigcodebench@v0.1.4`",
        )
    return HubSource(match["repo"], match["split"] or "", match["subset"] or "")


def fetch(
    source: HubSource,
    *,
    endpoint: str | None = None,
    token: str | None = None,
    cache: Path | None = None,
) -> Fetched:
    """Bring the files of a split here.

    Args:
        source: What to fetch.
        endpoint: The hub's address; None takes the client's default.
        token: An access token; None lets the client look for one.
        cache: Where files are kept; None takes the client's own place.

    Raises:
        UsageError: `huggingface_hub` is not installed.
        InputError: The hub refuses, cannot be reached, or does not have the dataset or the split.
    """
    try:
        from huggingface_hub import HfApi  # noqa: PLC0415 - heavy and optional
    except ImportError as error:
        raise UsageError(
            "the hub needs `huggingface_hub`, which is not installed",
            hint="install the extra: `pip install 'bcb-workbench[hub]'`",
        ) from error
    api = HfApi(endpoint=endpoint, token=token)
    with _explained(source):
        info = api.dataset_info(source.repo)
        names = [sibling.rfilename for sibling in info.siblings or ()]
        split, chosen = _choose(names, source)
        files = [
            api.hf_hub_download(source.repo, name, repo_type="dataset", revision=info.sha, cache_dir=cache)
            for name in chosen
        ]
    return Fetched(HubSource(source.repo, split, source.subset), info.sha or "", tuple(map(Path, files)))


def _choose(names: Iterable[str], source: HubSource) -> tuple[str, list[str]]:
    """The split to take and its files, out of all files of a repository."""
    by_split: dict[tuple[str, str], list[str]] = {}
    for name in names:
        if name.endswith(SUFFIXES):
            by_split.setdefault(_subset_and_split(name), []).append(name)
    subset = source.subset or "default"
    splits = sorted((split for owner, split in by_split if owner == subset), key=natural_key)
    if not splits:
        known = ", ".join(sorted({owner for owner, _ in by_split})) or "none"
        raise InputError(f"`{source}`: no subset `{subset}`", hint=f"subsets with data files: {known}")
    if not source.split and len(splits) > 1:
        raise InputError(
            f"`{source}` has several splits", hint=f"add one of them behind an @: {', '.join(splits)}"
        )
    split = source.split or splits[0]
    if split not in splits:
        raise InputError(f"`{source}`: no split `{split}`", hint=f"its splits are {', '.join(splits)}")
    return split, sorted(by_split[subset, split])


def _subset_and_split(name: str) -> tuple[str, str]:
    """What a data file holds, told by its place, such as `data/v0.1.4-00000-of-00001.parquet`."""
    path = PurePosixPath(name)
    stem = path.name
    for suffix in sorted(SUFFIXES, key=len, reverse=True):
        stem = stem.removesuffix(suffix)
    split, folders = _SHARD.sub("", stem), list(path.parts[:-1])
    if split.isdecimal() and folders:
        split = folders.pop()
    subset = folders[0] if folders and folders[0] != "data" else "default"
    return subset, split


@contextmanager
def _explained(source: HubSource) -> Iterator[None]:
    """Turn the client's exceptions into errors that say what to do."""
    import httpx2  # noqa: PLC0415 - what the hub's client speaks with
    from huggingface_hub.errors import (  # noqa: PLC0415 - the same
        GatedRepoError,
        HfHubHTTPError,
        HFValidationError,
        RepositoryNotFoundError,
    )

    try:
        yield
    except GatedRepoError as error:
        raise InputError(
            f"`{source}` is gated", hint="ask for access on the dataset's page, then set HF_TOKEN"
        ) from error
    except RepositoryNotFoundError as error:
        raise InputError(
            f"`{source}`: the hub knows no such dataset, or not for you",
            hint="check owner and name; for a private dataset set HF_TOKEN",
        ) from error
    except HfHubHTTPError as error:
        status = error.response.status_code
        hint = "check HF_TOKEN" if status in {401, 403} else "try again later"
        raise InputError(f"`{source}`: the hub answered with status {status}", hint=hint) from error
    except HFValidationError as error:
        raise InputError(f"`{source}`: {error}") from error
    except (httpx2.HTTPError, OSError) as error:
        raise InputError(
            f"`{source}`: the hub cannot be reached: {error}", hint="check the network and HF_ENDPOINT"
        ) from error
