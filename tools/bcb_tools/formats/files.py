"""Dataset files: one row a line, plain or compressed, or the columns of a parquet file.

The parquet form needs pyarrow, which is loaded only when such a file is met. A parquet row has no text of its
own, so it gets the JSON line that the benchmark's own files would have for it.
"""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bcb_tools.errors import InputError, UsageError
from bcb_tools.formats.row import Row, parse_row, row_of
from bcb_tools.reading import read_bytes

__all__ = ["SUFFIXES", "is_dataset_file", "read_rows", "rows_to_bytes"]

SUFFIXES = (".jsonl", ".jsonl.gz", ".parquet")

_MOST_PROBLEMS = 10


def is_dataset_file(path: Path) -> bool:
    """Whether the file's name says that it holds dataset rows."""
    return path.name.endswith(SUFFIXES)


def read_rows(path: Path) -> tuple[list[tuple[int, Row]], list[InputError]]:
    """Every row of a dataset file with its line (or row) number from 1, and every problem met.

    Raises:
        InputError: The file as a whole cannot be read.
    """
    rows: list[tuple[int, Row]] = []
    problems: list[InputError] = []
    for number, item in _items(path):
        try:
            if isinstance(item, bytes):
                rows.append((number, parse_row(item, path=path, number=number)))
            else:
                rows.append((number, row_of(item, _line_of(item, path, number), path=path, number=number)))
        except InputError as error:
            problems.append(error)
            if len(problems) >= _MOST_PROBLEMS:
                break
    if not rows and not problems:
        raise InputError("holds no rows", path=path)
    return rows, problems


def rows_to_bytes(lines: Sequence[bytes], path: Path) -> bytes:
    """The content of a dataset file of the kind that `path` names.

    Args:
        lines: One JSON object each, without newline.
        path: Where it is to go; only its suffix is looked at.

    Raises:
        UsageError: The suffix is none of `SUFFIXES`, or pyarrow is missing.
    """
    if path.name.endswith(".parquet"):
        return _to_parquet([json.loads(line) for line in lines])
    text = b"".join(line + b"\n" for line in lines)
    if path.name.endswith(".jsonl"):
        return text
    if path.name.endswith(".jsonl.gz"):
        return gzip.compress(text, mtime=0)
    raise UsageError(f"unknown kind of file `{path.name}`", hint=f"end the name with {', '.join(SUFFIXES)}")


def _items(path: Path) -> Iterator[tuple[int, bytes | dict[str, Any]]]:
    raw = read_bytes(path)
    if path.name.endswith(".parquet"):
        yield from enumerate(_from_parquet(raw, path), start=1)
        return
    if path.name.endswith(".gz"):
        raw = _unpacked(raw, path)
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if line.strip():
            yield number, line


def _line_of(record: dict[str, Any], path: Path, number: int) -> bytes:
    try:
        return json.dumps(record).encode()
    except TypeError as error:
        raise InputError(f"holds what JSON cannot: {error}", path=path, line=number) from error


def _unpacked(raw: bytes, path: Path) -> bytes:
    try:
        return gzip.decompress(raw)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(
            f"broken gzip: {error}", path=path, hint="fetch the file again: it may have been cut short"
        ) from error


def _from_parquet(raw: bytes, path: Path) -> Iterator[dict[str, Any]]:
    parquet = _pyarrow_parquet()
    try:
        table = parquet.read_table(io.BytesIO(raw))
    except (ValueError, OSError) as error:  # pyarrow's errors derive from these two
        raise InputError(f"not a parquet file: {error}", path=path) from error
    for record in table.to_pylist():
        # a column that only some rows have is null in the others
        yield {name: value for name, value in record.items() if value is not None}


def _to_parquet(records: list[dict[str, Any]]) -> bytes:
    parquet = _pyarrow_parquet()
    import pyarrow as pa  # noqa: PLC0415 - heavy and optional

    names = dict.fromkeys(name for record in records for name in record)
    try:
        table = pa.table({name: [record.get(name) for record in records] for name in names})
    except (ValueError, TypeError) as error:
        raise UsageError(
            f"these rows do not fit the columns of a parquet file: {error}", hint="export to `.jsonl` instead"
        ) from error
    sink = io.BytesIO()
    parquet.write_table(table, sink)
    return sink.getvalue()


def _pyarrow_parquet() -> Any:
    try:
        import pyarrow.parquet  # noqa: PLC0415 - heavy and optional
    except ImportError as error:
        raise UsageError(
            "parquet files need `pyarrow`, which is not installed",
            hint="install the extra: `pip install 'bcb-workbench[hub]'`",
        ) from error
    return pyarrow.parquet
