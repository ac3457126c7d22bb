"""The set-up finds uv on a bare machine, and takes nothing but the bytes that the lock names."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from pytest_httpserver import HTTPServer

from support.installation import ROOT

NEWER_GLIBC = (2, 41)


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / ".ci" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


bootstrap = _load()


def a_wheel(text: str = "#!/bin/sh\necho uv 1.2.3\n") -> bytes:
    """The bytes of a wheel that holds a program called uv."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("uv-1.2.3.dist-info/METADATA", "")
        archive.writestr("uv-1.2.3.data/scripts/uv", text)
    return buffer.getvalue()


def a_pin(folder: Path, content: bytes, sha256: str = "") -> object:
    """A pinned uv with one wheel, which lies in a folder and is named by its `file:` address."""
    path = folder / "uv-1.2.3-py3-none-manylinux_2_17_x86_64.whl"
    path.write_bytes(content)
    wheel = bootstrap.Wheel(path.as_uri(), sha256 or hashlib.sha256(content).hexdigest())
    return bootstrap.Pin("1.2.3", (wheel,))


def test_the_committed_lock_pins_a_uv_for_every_common_linux() -> None:
    """Debian on the usual processors, old glibc and musl all find a wheel in the real lock."""
    pin = bootstrap.read_pin(ROOT / "uv.lock")
    for machine in ("x86_64", "aarch64"):
        modern = bootstrap.choose_wheel(pin, machine, NEWER_GLIBC)
        assert (
            f"manylinux_2_17_{machine}" in modern.platforms or f"manylinux_2_28_{machine}" in modern.platforms
        )
        assert len(modern.sha256) == 64
        for other in (None, (2, 5)):
            assert f"musllinux_1_1_{machine}" in bootstrap.choose_wheel(pin, machine, other).platforms


def test_a_processor_without_a_wheel_gets_none() -> None:
    """An unknown machine is told so; no wheel of another one is tried."""
    pin = bootstrap.read_pin(ROOT / "uv.lock")
    assert bootstrap.choose_wheel(pin, "sparc64", NEWER_GLIBC) is None


def test_a_lock_without_uv_is_refused(tmp_path: Path) -> None:
    """A lock that does not pin uv is named in the message."""
    lock = tmp_path / "uv.lock"
    lock.write_text('[[package]]\nname = "other"\n', encoding="utf-8")
    with pytest.raises(bootstrap.SetupError, match="does not pin uv"):
        bootstrap.read_pin(lock)


def test_the_pinned_uv_is_fetched_once(tmp_path: Path) -> None:
    """What is fetched is an executable; a second call needs no source any more."""
    pin = a_pin(tmp_path, a_wheel())
    program = bootstrap.fetch_uv(pin, pin.wheels[0], tmp_path / "kept", "")  # type: ignore[attr-defined]
    assert program.read_text() == "#!/bin/sh\necho uv 1.2.3\n"
    assert program.stat().st_mode & 0o777 == 0o755
    assert [path.name for path in program.parent.iterdir()] == ["uv"]
    gone = bootstrap.Wheel("file:///absent.whl", "0" * 64)
    assert bootstrap.fetch_uv(pin, gone, tmp_path / "kept", "") == program


def test_other_bytes_than_the_locks_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with another SHA-256 is never unpacked, and the message says that it differs."""
    _without_pip(monkeypatch)
    pin = a_pin(tmp_path, a_wheel("#!/bin/sh\necho evil\n"), sha256="0" * 64)
    with pytest.raises(bootstrap.SetupError, match="SHA-256 differs"):
        bootstrap.fetch_uv(pin, pin.wheels[0], tmp_path / "kept", "")  # type: ignore[attr-defined]
    assert not (tmp_path / "kept").exists()


def test_every_source_that_failed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be reached, the reasons and the ways out are listed."""
    _without_pip(monkeypatch)
    pin = bootstrap.Pin("1.2.3", (bootstrap.Wheel((tmp_path / "absent.whl").as_uri(), "0" * 64),))
    with pytest.raises(bootstrap.SetupError) as caught:
        bootstrap.fetch_uv(pin, pin.wheels[0], tmp_path / "kept", "no address at all")
    message = str(caught.value)
    assert "cannot fetch uv 1.2.3" in message
    assert "unknown url type" in message
    assert "absent.whl" in message
    assert "pip is not here" in message
    assert "PIP_INDEX_URL" in message


def _without_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> bytes:
        raise OSError("pip is not here")

    monkeypatch.setattr(bootstrap, "_by_pip", refuse)


NAME = "uv-1.2.3-py3-none-manylinux_2_17_x86_64.whl"
PAGE = f'<a href="../../files/uv-1.2.3.tar.gz">x</a><a>y</a><a href="../../files/{NAME}#sha256=abc">z</a>'


def test_the_users_own_index_is_asked_first(
    tmp_path: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mirror serves what the lock names without its address being tried; its links may be relative."""
    monkeypatch.setenv("no_proxy", "*")
    content = a_wheel()
    httpserver.expect_ordered_request("/simple/uv/").respond_with_data(PAGE)
    httpserver.expect_ordered_request(f"/files/{NAME}").respond_with_data(content)
    wheel = bootstrap.Wheel(f"https://registry.invalid/{NAME}", hashlib.sha256(content).hexdigest())
    pin = bootstrap.Pin("1.2.3", (wheel,))
    program = bootstrap.fetch_uv(pin, wheel, tmp_path, httpserver.url_for("/simple/"))
    assert program.exists()
    httpserver.check_assertions()


def test_an_index_may_be_a_folder(tmp_path: Path) -> None:
    """A mirror on a disk is read by its pages; a file that it lacks is named."""
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / NAME).write_bytes(b"content")
    (tmp_path / "simple" / "uv").mkdir(parents=True)
    (tmp_path / "simple" / "uv" / "index.html").write_text(PAGE, encoding="utf-8")
    index = (tmp_path / "simple").as_uri()
    found = bootstrap.mirrored(index, bootstrap.Wheel(f"https://registry.invalid/{NAME}", ""))
    assert bootstrap.fetch(found) == b"content"
    with pytest.raises(FileNotFoundError, match=r"other\.whl"):
        bootstrap.mirrored(index, bootstrap.Wheel("https://registry.invalid/other.whl", ""))


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "https://from.file/simple"),
        ({"PIP_INDEX_URL": "https://pip/simple"}, "https://pip/simple"),
        (
            {"PIP_INDEX_URL": "https://pip/simple", "UV_DEFAULT_INDEX": "https://uv/simple"},
            "https://uv/simple",
        ),
        ({"UV_INDEX_URL": "", "PIP_INDEX_URL": "https://pip/simple"}, "https://pip/simple"),
    ],
)
def test_an_index_comes_from_uvs_variables_then_pips_then_pips_files(
    environ: dict[str, str], expected: str, tmp_path: Path
) -> None:
    """The most particular setting wins; an empty variable is none."""
    settings = tmp_path / "pip.conf"
    settings.write_text("[global]\nindex-url = https://from.file/simple\nformat = %x\n", encoding="utf-8")
    assert bootstrap.configured_index(environ, [str(settings), str(tmp_path / "absent")]) == expected


@pytest.mark.parametrize("content", [b"not a setting\n", b"\xff\xfe", b"[global]\n"])
def test_a_broken_pip_file_is_no_obstacle(content: bytes, tmp_path: Path) -> None:
    """A file of pip's that cannot be read counts as one that says nothing."""
    settings = tmp_path / "pip.conf"
    settings.write_bytes(content)
    assert bootstrap.configured_index({}, [str(settings)]) == ""


@pytest.mark.parametrize(
    ("version", "taken"),
    [
        ("0.13.9", True),
        ("0.13.0", True),
        ("0.14.2", True),
        ("1.0.0", True),
        ("0.12.9", False),
        ("0.4.30", False),
    ],
)
def test_a_uv_on_the_path_is_taken_if_it_is_new_enough(
    version: str, taken: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installed uv saves the download unless it is older than the lock's minor version."""
    program = tmp_path / "uv"
    program.write_text(f"#!/bin/sh\necho 'uv {version} (a build)'\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = bootstrap.uv_on_path(bootstrap.Pin("0.13.9", ()))
    assert found == (program if taken else None)


def test_uv_is_led_to_this_checkout_and_downloads_no_python(tmp_path: Path) -> None:
    """An activated environment or a project elsewhere does not lead the set-up astray."""
    environ = {"VIRTUAL_ENV": "/elsewhere", "UV_PROJECT": "/elsewhere", "HOME": str(tmp_path), "LANG": "C"}
    env = bootstrap.uv_environment(environ)
    assert env["UV_PROJECT_ENVIRONMENT"] == str(ROOT / ".venv")
    assert env["UV_PYTHON_DOWNLOADS"] == "never"
    assert env["LANG"] == "C"
    assert "/elsewhere" not in env.values()
    assert "UV_CACHE_DIR" not in env


def test_the_cache_moves_into_the_checkout_where_home_cannot_be_written(tmp_path: Path) -> None:
    """A home that is no folder does not stop the set-up."""
    home = tmp_path / "home"
    home.write_text("")
    env = bootstrap.uv_environment({"HOME": str(home)})
    assert env["UV_CACHE_DIR"] == str(ROOT / ".bcb" / "uv" / "cache")


def test_an_environment_from_before_a_move_is_removed(tmp_path: Path) -> None:
    """Scripts name their interpreter by its full path, so a moved one is of no use; others are kept."""
    venv = tmp_path / ".venv"
    venv.mkdir()
    for stamp, kept in ((None, True), (f"{tmp_path} python3\n", True), ("/before/the/move python3\n", False)):
        if stamp is not None:
            (venv / bootstrap.STAMP).write_text(stamp, encoding="utf-8")
        bootstrap.remove_moved(venv)
        assert venv.exists() is kept
