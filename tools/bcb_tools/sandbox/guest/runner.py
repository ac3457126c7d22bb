"""One run: take the program, load it, take its tests, run them, report once, end.

The order matters. The tests arrive only after the program has been loaded, so nothing that runs at import
can have read them; and what the report needs is taken hold of before the program's first line.
"""

from __future__ import annotations

import builtins
import faulthandler
import linecache
import os
import sys
import time
import traceback
import types
import unittest
from typing import Any

from bcb_tools.sandbox.guest import integrity, suite, wire

__all__ = ["MODULE", "our_modules", "run"]

MODULE = "__test__"
_write = os.write
_exit = os._exit
_getpid = os.getpid
_clock = time.perf_counter
_builtins = dict(vars(builtins))
_FUTURE_FLAGS = 0x1FE0000  # the compiler flags that `from __future__` sets


class _Channel:
    """The private way back, open to the process that was started for the run and to no child of it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._owner = _getpid()

    def send(self, message: dict[str, Any]) -> None:
        self.send_packed(wire.pack(message))

    def send_packed(self, packed: bytes) -> None:
        if _getpid() != self._owner:
            _exit(70)
        frame = memoryview(packed)
        while frame:
            frame = frame[_write(self._descriptor, frame) :]

    def receive(self) -> dict[str, Any]:
        replaced = dict(vars(builtins))  # by the program: reading must not depend on it
        vars(builtins).update(_builtins)
        try:
            return wire.read_frame(self._descriptor)
        finally:
            vars(builtins).update(replaced)


def run(descriptor: int, seal: integrity.Seal, ours: list[str]) -> None:
    """Carry one run through and end the process. Never returns.

    Args:
        descriptor: The channel.
        seal: What the test framework was before any program ran.
        ours: Modules to take out of sight.
    """
    channel = _Channel(descriptor)
    channel.send({"op": "hello"})
    job = channel.receive()
    loaded = wire.pack({"op": "loaded", "token": job["token"]})
    _forget(ours)
    _place_files(job["files"])
    faulthandler.enable(2)
    started = _clock()
    module = types.ModuleType(MODULE)
    # the names the original harness gives every program
    module.__dict__.update(
        __builtins__=builtins,
        __file__=f"{MODULE}.py",
        __package__=None,
        sys=sys,
        os=os,
        environ=os.environ,
    )
    sys.modules[MODULE] = module
    failure, flags = _load(job["solution"], "solution.py", module, 0)
    if failure is None and job["entry_point"] not in vars(module):
        failure = {"kind": "missing_entry_point", "text": f"`{job['entry_point']}` is not defined"}
    if failure is not None:
        _finish(channel, {"op": "unloadable", "load_s": _clock() - started, **failure})
    load_s = _clock() - started
    changed_by_load = integrity.changes(seal)
    channel.send_packed(loaded)
    job = channel.receive()
    try:
        report = _test(job, module, flags)
    except BaseException:  # the program left so little whole that not even our own lines work
        report = {"tests": [], "canaries": [], "tests_failure": None}
    report.update(
        op="report",
        nonce=job["nonce"],
        changed=changed_by_load or integrity.changes(seal, job["tests"]),
        load_s=load_s,
    )
    _finish(channel, report)


def _test(job: dict[str, Any], module: types.ModuleType, flags: int) -> dict[str, Any]:
    left, right = job["canary"]
    before = suite.run_canary((left, right))
    started = _clock()
    failure, _ = _load(job["tests"], "test_task.py", module, flags)
    case = vars(module).get("TestCases")
    if failure is not None or not isinstance(case, type):
        seconds = _clock() - started
        return {"tests": [], "canaries": before, "tests_failure": failure, "tests_s": seconds}
    recorder = suite.run_class(case, unittest.TestSuite, unittest.TestLoader())
    seconds = _clock() - started
    after = suite.run_canary((right, left))
    return {
        "tests": recorder.entries,
        "canaries": before + after,
        "tests_failure": None,
        "out_of_memory": recorder.out_of_memory,
        "tests_s": seconds,
    }


def _load(source: str, name: str, module: types.ModuleType, flags: int) -> tuple[dict[str, Any] | None, int]:
    """Compile and execute one source in the module's namespace.

    Returns:
        What went wrong, or None; and the `from __future__` flags in force.
    """
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    try:
        code = compile(source, name, "exec", flags=flags, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, UnicodeError) as error:
        return {"kind": "syntax_error", "text": _last_line(error)}, 0
    try:
        exec(code, module.__dict__)
    except BaseException as error:
        kind = "out_of_memory" if isinstance(error, MemoryError) else "import_error"
        missing = isinstance(error, ImportError)
        frames = error.__traceback__.tb_next if error.__traceback__ else None
        text = "".join(traceback.format_exception(type(error), error, frames))[-8_000:]
        return {"kind": kind, "text": text, "import": missing}, 0
    return None, code.co_flags & _FUTURE_FLAGS


def _last_line(error: BaseException) -> str:
    return "".join(traceback.format_exception_only(type(error), error))[-2_000:]


def _place_files(files: dict[str, str]) -> None:
    import base64

    for path, content in files.items():
        folder = os.path.dirname(path)
        if folder:
            os.makedirs(folder, exist_ok=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(content))


def our_modules() -> list[str]:
    """The names of our own modules; listed once in the zygote: a fork pays for every name it looks at.

    A forked process copies each page of memory that it writes to, and a reference count is a write.
    """
    return [name for name in sys.modules if name.partition(".")[0] == "bcb_tools"]


def _forget(ours: list[str]) -> None:
    """Take our own modules out of sight, so that a program meets the interpreter it expects."""
    for name in ours:
        del sys.modules[name]
    del sys.meta_path[0]  # the bundle's finder


def _finish(channel: _Channel, message: dict[str, Any]) -> None:
    vars(builtins).update(_builtins)  # the program is over: what it made of them is in the report
    streams: tuple[Any, ...] = (sys.stdout, sys.stderr, sys.__stdout__)
    for stream in streams:
        try:
            stream.flush()
        except BaseException:  # noqa: S110 - the program may have replaced or closed it
            pass
    channel.send(message)
    _exit(0)
