"""The small pure parts: manifest, preload plan, seccomp filter, frames, captures, policy, interpreter."""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bcb_tools.errors import EnvironmentMissing, UsageError
from bcb_tools.sandbox import inspect_interpreter, plan_groups, policy_named
from bcb_tools.sandbox.bundle import boot_source, pack_bundle
from bcb_tools.sandbox.flight import Capture
from bcb_tools.sandbox.guest import seccomp, wire
from bcb_tools.sandbox.manifest import expected_tests
from bcb_tools.sandbox.preload import FRESH, Plan

# -- manifest --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("class TestCases:\n    def test_b(self): pass\n    def test_a(self): pass", ["test_a", "test_b"]),
        ("class TestCases:\n    async def test_a(self): pass\n    def helper(self): pass", ["test_a"]),
        (
            "class Base:\n    def test_b(self): pass\nclass TestCases(Base):\n    def test_a(self): pass",
            ["test_a", "test_b"],
        ),
        (
            "class TestCases:\n    def test_a(self): pass\nclass TestCases:\n    def test_b(self): pass",
            ["test_b"],
        ),
        ("class TestCases(TestCases):\n    def test_a(self): pass", ["test_a"]),
        ("class Other:\n    def test_a(self): pass", []),
        ("class TestCases(:", []),
        ("x = '\x00'", []),
        ("", []),
    ],
)
def test_the_manifest_lists_what_must_run(source: str, names: list[str]) -> None:
    """Test methods, inherited ones too, of the last class of that name; nothing where it does not parse."""
    assert expected_tests(source) == tuple(f"TestCases.{name}" for name in names)


# -- preload ---------------------------------------------------------------------------------------


def test_programs_are_grouped_by_what_they_import() -> None:
    """Scientific, general and large libraries have groups of their own."""
    programs = [
        frozenset({"json", "os.path"}),
        frozenset({"numpy", "json"}),
        frozenset({"tensorflow", "numpy"}),
        frozenset({"keras.layers"}),
    ]
    plan = plan_groups(programs)
    assert plan.preload == {
        "general": ("json", "os.path"),
        "scientific": ("json", "numpy"),
        "tensorflow": ("keras.layers", "numpy", "tensorflow"),
    }
    assert [plan.group_of(imports) for imports in programs] == [
        "general",
        "scientific",
        "tensorflow",
        "tensorflow",
    ]


def test_what_must_not_be_imported_ahead_is_left_out() -> None:
    """Modules that open windows, and those that the caller names, stay out with everything below them."""
    plan = plan_groups([frozenset({"turtle", "tkinter.ttk", "json", "torchvision.x"})], never=["torchvision"])
    assert plan.modules("general") == ("json",)


def test_a_group_without_a_zygote_of_its_own_is_fresh() -> None:
    """A program whose group the plan does not know, or whose plan is fresh, starts bare."""
    assert plan_groups([frozenset({"json"})]).group_of(frozenset({"numpy"})) == FRESH
    assert plan_groups([frozenset({"json"})], fresh=True) == Plan(fresh=True)
    assert Plan(fresh=True).group_of(frozenset({"json"})) == FRESH
    assert Plan(fresh=True).modules(FRESH) == ()


# -- seccomp ---------------------------------------------------------------------------------------

_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000


def _decide(program: bytes, arch: int, number: int, *arguments: int) -> int:
    """Interpret a filter as the kernel does."""
    data = struct.pack("<iIQ6Q", number, arch, 0, *arguments, *[0] * (6 - len(arguments)))
    lines = [struct.unpack_from("HBBI", program, at) for at in range(0, len(program), 8)]
    value, at = 0, 0
    while True:
        code, if_true, if_false, constant = lines[at]
        at += 1
        if code == 0x20:
            (value,) = struct.unpack_from("<I", data, constant)
        elif code == 0x06:
            return int(constant)
        else:
            holds = {0x15: value == constant, 0x35: value >= constant, 0x45: bool(value & constant)}[code]
            at += if_true if holds else if_false


_X86, _ARM = 0xC000003E, 0xC00000B7


@pytest.mark.parametrize(
    ("machine", "arch", "number", "arguments", "answer"),
    [
        ("x86_64", _X86, 0, (), _ALLOW),
        ("x86_64", _X86, 101, (), _ERRNO | 1),
        ("x86_64", _X86, 272, (), _ERRNO | 1),
        ("x86_64", _X86, 425, (), _ERRNO | 1),
        ("x86_64", _X86, 435, (), _ERRNO | 38),
        ("x86_64", _X86, 56, (17,), _ALLOW),
        ("x86_64", _X86, 56, (0x10000011,), _ERRNO | 1),
        ("x86_64", _X86, 57, (), _ALLOW),
        ("x86_64", _X86, 41, (1,), _ALLOW),
        ("x86_64", _X86, 41, (2,), _ALLOW),
        ("x86_64", _X86, 41, (10,), _ALLOW),
        ("x86_64", _X86, 41, (16,), _ALLOW),
        ("x86_64", _X86, 41, (17,), _ERRNO | 97),
        ("x86_64", _X86, 53, (1,), _ALLOW),
        ("x86_64", _X86, 53, (38,), _ERRNO | 97),
        ("x86_64", _X86, 16, (0, 0x5412), _ERRNO | 1),
        ("x86_64", _X86, 16, (0, 0x541C), _ERRNO | 1),
        ("x86_64", _X86, 16, (0, 0x5401), _ALLOW),
        ("x86_64", _X86, 0x40000000, (), _KILL),
        ("x86_64", 0x40000003, 1, (), _KILL),
        ("aarch64", _ARM, 117, (), _ERRNO | 1),
        ("aarch64", _ARM, 101, (), _ALLOW),
        ("aarch64", _ARM, 220, (0x40000000,), _ERRNO | 1),
        ("aarch64", _ARM, 198, (17,), _ERRNO | 97),
        ("aarch64", _X86, 0, (), _KILL),
    ],
)
def test_the_filter_answers_each_call(
    machine: str, arch: int, number: int, arguments: tuple[int, ...], answer: int
) -> None:
    """Interpreted as the kernel would, the filter allows, refuses and kills what it says."""
    assert _decide(seccomp.build(machine), arch, number, *arguments) == answer


def test_an_architecture_without_a_table_has_no_filter() -> None:
    """Nothing is guessed for a machine whose call numbers are not known."""
    assert seccomp.build("riscv64") == b""


# -- wire ------------------------------------------------------------------------------------------


def test_a_frame_comes_back_as_it_was_sent() -> None:
    """Length, then JSON, whatever the text holds."""
    reader, writer = os.pipe()
    message = {"text": "ä \ud800 \x00 \U0001f600", "numbers": [1, 2.5, None]}
    os.write(writer, wire.pack(message))
    os.close(writer)
    assert wire.read_frame(reader) == message
    with pytest.raises(wire.ClosedError):
        wire.read_frame(reader)
    os.close(reader)


def test_control_messages_carry_descriptors() -> None:
    """What one side sends beside the message is open on the other."""
    left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    reader, writer = os.pipe()
    with left, right:
        wire.send(left, {"op": "run"}, (writer,))
        message, (theirs,) = wire.receive(right)
        os.write(theirs, b"x")
        assert (message, os.read(reader, 1)) == ({"op": "run"}, b"x")
        left.close()
        with pytest.raises(wire.ClosedError):
            wire.receive(right)
        with pytest.raises(wire.ClosedError):
            wire.send(right, {})
    for descriptor in (reader, writer, theirs):
        os.close(descriptor)


# -- captures --------------------------------------------------------------------------------------


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """A pipe that does not block its reader."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    yield reader, writer
    os.close(reader)


@pytest.mark.parametrize("chunk", [1, 3, 7, 64])
def test_a_capture_keeps_both_ends(pipe: tuple[int, int], chunk: int) -> None:
    """However it arrives, the first and last bytes are kept and the rest is counted."""
    reader, writer = pipe
    capture = Capture(reader, room=10)
    assert capture.read()
    data = bytes(range(65, 91))
    for at in range(0, len(data), chunk):
        os.write(writer, data[at : at + chunk])
        assert capture.read()
    os.close(writer)
    assert not capture.read()
    assert capture.text == "ABCDE\n... 16 bytes left out ...\nVWXYZ"


def test_a_short_capture_is_whole_and_bytes_that_are_no_text_are_marked(pipe: tuple[int, int]) -> None:
    """Up to its room nothing is left out; decoding never fails."""
    reader, writer = pipe
    capture = Capture(reader, room=10)
    os.write(writer, b"12345\xff7890")
    os.close(writer)
    while capture.read():
        pass
    assert capture.text == "12345\ufffd7890"


# -- policy ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "reference_s", "limit_s"),
    [
        ("default", None, 10),
        ("default", 0.5, 10),
        ("default", 3.0, 30),
        ("upstream", 300.0, 300),
        ("upstream", 1, 241),
    ],
)
def test_the_time_limit_follows_the_ground_truth(
    name: str, reference_s: float | None, limit_s: float
) -> None:
    """The floor, or the factor times the reference's time, whichever is longer."""
    assert policy_named(name).time_limit_s(reference_s) == limit_s


def test_floor_and_factor_can_be_set() -> None:
    """Both are the caller's to choose, above zero."""
    policy = policy_named("default").with_times(2.0, 4.0)
    assert (policy.time_limit_s(0.1), policy.time_limit_s(3.0)) == (2.0, 12.0)
    assert policy_named("default").with_times(None, None) == policy_named("default")
    for floor_s, factor in ((0.0, None), (None, -1.0)):
        with pytest.raises(UsageError):
            policy.with_times(floor_s, factor)


def test_an_unknown_policy_is_refused_with_the_known_ones() -> None:
    """The hint lists what there is."""
    with pytest.raises(UsageError) as caught:
        policy_named("nope")
    assert "default, upstream" in caught.value.hint


def test_a_policy_can_stand_in_a_result_file() -> None:
    """All its values survive JSON."""
    seen = json.loads(json.dumps(policy_named("upstream").to_json()))
    assert seen["limits"]["memory_mib"] == 30 * 1024
    assert seen["environment"]["TZ"] == "UTC"


# -- interpreter and bundle ------------------------------------------------------------------------


def test_an_interpreter_says_what_it_is() -> None:
    """Version, platform, standard library, and the folders that must be seen inside."""
    found = inspect_interpreter(Path(sys.executable))
    assert found.version.split(".")[:2] == [str(part) for part in sys.version_info[:2]]
    assert found.prefix == sys.prefix
    assert {"json", "os"} <= found.standard
    assert all(Path(folder).is_dir() and folder != "/" for folder in found.shown)
    assert not any(folder.startswith("/usr/") for folder in found.shown)


@pytest.mark.parametrize("path", ["/no/such/python", "/bin/true", "/etc/passwd"])
def test_what_is_no_interpreter_is_refused(path: str) -> None:
    """A path that does not answer is an error that names it, with a way out."""
    with pytest.raises(EnvironmentMissing) as caught:
        inspect_interpreter(Path(path))
    assert path in caught.value.message
    assert "--python" in caught.value.hint


def test_the_bundle_holds_the_guest_and_nothing_else() -> None:
    """Every module of the guest travels as text, each compiles, and settings come along."""
    bundle = json.loads(pack_bundle({"a": 1}))
    assert bundle["settings"] == {"a": 1}
    modules = bundle["modules"]
    assert "bcb_tools.sandbox.guest.supervisor" in modules
    assert all(name.startswith("bcb_tools") for name in modules)
    assert not any("errors" in name or "pool" in name for name in modules)
    for name, source in [*modules.items(), ("boot", boot_source())]:
        if source is not None:
            compile(source, name, "exec")
