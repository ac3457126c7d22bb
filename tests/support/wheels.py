"""Tiny wheels, made by hand, so that environments can be built without the network."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

__all__ = ["make_lock", "make_wheel"]


def make_wheel(folder: Path, name: str, version: str = "1.0") -> Path:
    """A wheel with one module of its name."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"])
    with ZipFile(path, "w") as wheel:
        for file, text in {**files, f"{info}/RECORD": record}.items():
            wheel.writestr(file, text)
    return path


def make_lock(path: Path, *wheels: Path) -> Path:
    """A locked list of these wheels."""
    lines = [f"{wheel.name.partition('-')[0]} @ {wheel.as_uri()}\n" for wheel in wheels]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("# made for a test\n" + "".join(lines))
    return path
