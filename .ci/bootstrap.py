"""Make `.venv` from `uv.lock` with nothing but a Python of 3.11 or later and the network.

Three steps, none of which needs root, pip, ensurepip, curl or a compiler:

1. find uv: on `PATH`, else the one that `uv.lock` pins, fetched into `.bcb/uv/`, its SHA-256 checked;
2. let it fill `.venv` with exactly what `uv.lock` says, on this interpreter; none is ever downloaded;
3. leave a stamp from which `make` sees that there is nothing to do.

A package index of your own is honoured: `UV_DEFAULT_INDEX`, `UV_INDEX_URL`, `PIP_INDEX_URL` or pip's files.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import tomllib
import urllib.request
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from configparser import ConfigParser
from configparser import Error as ConfigParserError
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from http.client import HTTPException
from pathlib import Path
from subprocess import DEVNULL
from urllib.parse import urldefrag, urljoin

ROOT = Path(__file__).resolve().parent.parent
INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
PIP_FILES = ("/etc/pip.conf", "~/.pip/pip.conf", "~/.config/pip/pip.conf", "$PIP_CONFIG_FILE")
CERTIFICATE_VARIABLES = ("PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
CONNECT_TIMEOUT_S = 30.0
STAMP = ".synced"


class SetupError(Exception):
    """The set-up cannot go on; the message says why and what to do."""


@dataclass(frozen=True)
class Wheel:
    """One built distribution named in a lock file: its address, and its bytes' SHA-256 in hex."""

    url: str
    sha256: str

    @property
    def name(self) -> str:
        """The file's name, which carries its platforms."""
        return self.url.rsplit("/", 1)[-1]

    @property
    def platforms(self) -> list[str]:
        """The platform tags that it runs on, as `manylinux_2_17_x86_64`."""
        return self.name.removesuffix(".whl").rsplit("-", 1)[-1].split(".")


@dataclass(frozen=True)
class Pin:
    """The uv that a lock file names: its version and its wheels."""

    version: str
    wheels: tuple[Wheel, ...]


def read_pin(lock: Path) -> Pin:
    """Read which uv a lock file pins; `SetupError` where it names none."""
    packages = tomllib.loads(lock.read_text(encoding="utf-8"))["package"]
    for package in packages:
        if package["name"] == "uv":
            wheels = (Wheel(row["url"], row["hash"].removeprefix("sha256:")) for row in package["wheels"])
            return Pin(package["version"], tuple(wheels))
    raise SetupError(f"`{lock}` does not pin uv; restore the file from git")


def choose_wheel(pin: Pin, machine: str, glibc: tuple[int, int] | None) -> Wheel | None:
    """Pick the wheel for a Linux machine, or None where none fits; `glibc` is None on musl."""
    static = None
    for wheel in pin.wheels:
        for tag in wheel.platforms:
            found = re.fullmatch(r"(many|musl)linux_(\d+)_(\d+)_(\w+)", tag)
            if found is None or found[4] != machine:
                continue
            if found[1] == "musl":
                static = static or wheel
            elif glibc is not None and (int(found[2]), int(found[3])) <= glibc:
                return wheel
    return static


def glibc_version() -> tuple[int, int] | None:
    """The version of the C library this interpreter runs on, None where it is not glibc."""
    name, version = platform.libc_ver()
    found = re.match(r"(\d+)\.(\d+)", version)
    return (int(found[1]), int(found[2])) if name == "glibc" and found else None


def configured_index(environ: Mapping[str, str], files: Iterable[str]) -> str:
    """The package index that is set for the user, in variables or in pip's files; or nothing."""
    settings = ConfigParser(interpolation=None)
    with suppress(OSError, ConfigParserError, UnicodeDecodeError, RuntimeError):
        settings.read([Path(os.path.expandvars(name)).expanduser() for name in files], encoding="utf-8")
    found = next((environ[name] for name in INDEX_VARIABLES if environ.get(name)), "")
    return found or settings.get("global", "index-url", fallback="")


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.targets += [value for name, value in attrs if tag == "a" and name == "href" and value]


def fetch(url: str) -> bytes:
    """Read a URL, or raise `OSError`; proxies and `SSL_CERT_FILE` count as they do for Python itself."""
    with urllib.request.urlopen(url, timeout=CONNECT_TIMEOUT_S) as answer:  # noqa: S310 - file: mirrors are fine
        return bytes(answer.read())


def mirrored(index: str, wheel: Wheel) -> str:
    """Where a package index of the user's own keeps a wheel.

    Raises:
        OSError: The index cannot be read, or lacks the file.
    """
    page = index.rstrip("/") + "/uv/" + ("index.html" if index.startswith("file:") else "")
    links = _Links()
    links.feed(fetch(page).decode("utf-8", "replace"))
    for target in links.targets:
        address = urldefrag(urljoin(page, target)).url
        if address.rsplit("/", 1)[-1] == wheel.name:
            return address
    raise FileNotFoundError(f"no `{wheel.name}` at `{page}`")


def _offers(wheel: Wheel, pin: Pin, index: str) -> Iterator[bytes | Exception]:
    sources: list[Callable[[], bytes]] = [lambda: fetch(wheel.url), lambda: _by_pip(wheel, pin)]
    if index:
        sources.insert(0, lambda: fetch(mirrored(index, wheel)))
    for source in sources:
        try:
            yield source()
        except (OSError, ValueError, HTTPException) as error:
            yield error


def _by_pip(wheel: Wheel, pin: Pin) -> bytes:
    """Let pip fetch it, which may know a mirror from its own configuration."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        command += ["--dest", folder, f"uv=={pin.version}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=DEVNULL)
        if done.returncode:
            raise OSError("pip: " + (done.stderr.strip().splitlines() or ["no reason given"])[-1])
        return Path(folder, wheel.name).read_bytes()


def fetch_uv(pin: Pin, wheel: Wheel, folder: Path, index: str) -> Path:
    """Fetch one wheel of the pinned uv into a folder of versions, unless an earlier call did.

    Raises:
        SetupError: No source gave the very bytes that the lock names.
    """
    program = folder / pin.version / "uv"
    if program.exists():
        return program
    reasons = []
    for offer in _offers(wheel, pin, index):
        if isinstance(offer, Exception):
            reasons.append(str(offer))
        elif hashlib.sha256(offer).hexdigest() != wheel.sha256:
            reasons.append("the file that came is not the one `uv.lock` names (SHA-256 differs)")
        else:
            _unpack(offer, program)
            return program
    raise SetupError(
        f"cannot fetch uv {pin.version}:\n"
        + "".join(f"  - {reason}\n" for reason in reasons)
        + "\nhint: check the network and its proxy (`https_proxy`); a package index of your own goes into\n"
        "`PIP_INDEX_URL`, its certificate into `SSL_CERT_FILE` (Debian: package `ca-certificates`);\n"
        "or put uv on `PATH` yourself"
    )


def _unpack(wheel: bytes, program: Path) -> None:
    program.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=program.parent) as folder:
        archive = Path(folder, "uv.whl")
        archive.write_bytes(wheel)
        with zipfile.ZipFile(archive) as members:
            name = next(name for name in members.namelist() if name.endswith(".data/scripts/uv"))
            fresh = Path(members.extract(name, folder))
        fresh.chmod(0o755)
        fresh.replace(program)


def uv_on_path(pin: Pin) -> Path | None:
    """The uv that is installed here, if it is as new as the pinned one up to its patch level."""
    found = shutil.which("uv")
    if found is None:
        return None
    done = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"uv (\d+)\.(\d+)", done.stdout)
    wanted = [int(part) for part in pin.version.split(".")[:2]]
    return Path(found) if version and [int(version[1]), int(version[2])] >= wanted else None


def find_uv(index: str) -> Path:
    """The uv to use, from `PATH`, an earlier set-up, or fetched now; `SetupError` if none can be had."""
    pin = read_pin(ROOT / "uv.lock")
    found = uv_on_path(pin)
    if found is not None:
        return found
    wheel = choose_wheel(pin, platform.machine(), glibc_version())
    if wheel is None or not sys.platform.startswith("linux"):
        raise SetupError(f"uv {pin.version} has no build for `{platform.platform()}`; put one on `PATH`")
    return fetch_uv(pin, wheel, ROOT / ".bcb" / "uv", index)


def uv_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that uv runs with: the user's, less what would lead it elsewhere."""
    env = {key: value for key, value in environ.items() if key not in {"VIRTUAL_ENV", "UV_PROJECT"}}
    env |= {"UV_PROJECT_ENVIRONMENT": str(ROOT / ".venv"), "UV_PYTHON_DOWNLOADS": "never"}
    env.setdefault("UV_HTTP_TIMEOUT", "120")
    certificates = ssl.get_default_verify_paths()
    if certificates.cafile or certificates.capath:
        env.setdefault("UV_SYSTEM_CERTS", "1")
    home = Path(env.get("XDG_CACHE_HOME") or Path(env.get("HOME") or "/nonexistent", ".cache"))
    nearest = next(folder for folder in (home, *home.parents) if folder.exists())
    if not (nearest.is_dir() and os.access(nearest, os.W_OK)):
        env.setdefault("UV_CACHE_DIR", str(ROOT / ".bcb" / "uv" / "cache"))
    return env


def sync(uv: Path, index: str) -> None:
    """Fill `.venv` with what the lock says, from the user's own index first, then from where the lock says.

    Raises:
        SetupError: uv said no; its own words stand above.
    """
    python = getattr(sys, "_base_executable", "") or sys.executable
    listing, venv = str(ROOT / ".venv" / "requirements.txt"), str(ROOT / ".venv")
    env = uv_environment(os.environ)
    # the project is built with the locked back end, not with whatever an index has today
    plans = [[["sync", "--frozen", "--no-build-isolation-package", "bcb-workbench", "--python", python]]]
    if index:
        env["UV_DEFAULT_INDEX"] = index
        mirrored_plan = [
            ["venv", "--quiet", "--clear", "--python", python, venv],
            ["export", "--quiet", "--frozen", "--no-emit-project", "--output-file", listing],
            ["pip", "sync", "--python", venv, "--require-hashes", listing],
            ["pip", "install", "--python", venv, "--no-deps", "--no-build-isolation", "--editable", "."],
        ]
        plans.insert(0, mirrored_plan)
    for plan in plans:
        runs = (subprocess.run([uv, *step], cwd=ROOT, env=env, check=False, stdin=DEVNULL) for step in plan)
        if all(run.returncode == 0 for run in runs):
            return
    raise SetupError("uv could not fill `.venv`; its reason stands above")


def remove_moved(venv: Path) -> None:
    """Remove an environment whose scripts name the place where the checkout was before it was moved."""
    stamp = venv / STAMP
    if stamp.exists() and not stamp.read_text(encoding="utf-8").startswith(f"{venv.parent} "):
        shutil.rmtree(venv)


def main() -> int:
    """Do all three steps; the exit code is 0, or 2 with a message."""
    for name in CERTIFICATE_VARIABLES:
        if os.environ.get(name):
            os.environ.setdefault("SSL_CERT_FILE", os.environ[name])
    try:
        index = configured_index(os.environ, PIP_FILES)
        remove_moved(ROOT / ".venv")
        sync(find_uv(index), index)
    except SetupError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - there is no toolkit to print with yet
        return 2
    (ROOT / ".venv" / STAMP).write_text("".join(f"{value}\n" for value in sys.argv[1:]), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
