"""What a program can reach of the machine, of its neighbours and of us."""

from __future__ import annotations

import json
import os
import socket
import textwrap
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from bcb_tools.sandbox import Network, Outcome, Report, Sandbox
from support.sandbox import BackEnd, eventually, marked_policy, new_mark, processes_named, run_case, zygotes

_SECRET = "BCB_TEST_SECRET"


@pytest.fixture(scope="module")
def sandbox(back_end: BackEnd) -> Iterator[Sandbox]:
    """One open sandbox of each kind, opened while a secret stands in the environment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(_SECRET, "hunter2")
        with back_end.open() as opened:
            yield opened


def _look(sandbox: Sandbox, body: str) -> str:
    """Run the body of a function in the sandbox and return what it printed."""
    report = _looked(sandbox, body)
    assert report.outcome is Outcome.PASS, (report.detail, report.tests, report.err)
    return report.out.strip()


def _looked(sandbox: Sandbox, body: str) -> Report:
    inner = textwrap.indent(textwrap.dedent(body), "    ")
    return run_case(sandbox, f"def task_func():\n{inner}\n    return 42\n")


def test_no_privilege_is_left(sandbox: Sandbox) -> None:
    """A program is no root, has no capability, cannot gain one, and sits behind a system call filter."""
    found = _look(
        sandbox,
        """
        import json, os
        status = dict(line.split(":", 1) for line in open("/proc/self/status").read().splitlines())
        status = {key: value.split() for key, value in status.items()}
        status["ids"] = [os.getuid(), os.geteuid(), os.getgid(), os.getegid()]
        print(json.dumps(status))
        """,
    )
    status = json.loads(found)
    assert 0 not in status["ids"]
    for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(status[name][0], 16) == 0, name
    assert status["NoNewPrivs"] == ["1"]
    assert status["Seccomp"] == ["2"]
    if os.geteuid() == 0:
        assert status["Groups"] in ([], ["65534"])


def test_no_program_of_ours_runs_as_root(back_end: BackEnd) -> None:
    """Seen from the machine, too, the program's user is not the superuser."""
    mark = new_mark()
    with back_end.open() as sandbox:
        source = f"""
            def task_func():
                open("/proc/self/comm", "w").write("{mark}")
                import time
                time.sleep(600)
        """
        owners: list[int] = []

        def watch() -> None:
            eventually(lambda: bool(processes_named(mark)))
            owners.extend(Path(f"/proc/{pid}").stat().st_uid for pid in processes_named(mark))
            owners.extend(
                int(word)
                for pid in processes_named(mark)
                for line in Path(f"/proc/{pid}/status").read_text().splitlines()
                if line.startswith("Uid:")
                for word in line.split()[1:]
            )

        watcher = Thread(target=watch)
        watcher.start()
        run_case(sandbox, source, time_limit_s=1.0)
        watcher.join()
    assert owners
    assert 0 not in owners


@pytest.mark.parametrize(
    "call",
    [
        "libc.ptrace(16, 1, 0, 0)",
        "libc.unshare(0x10000000)",
        "libc.mount(b'none', b'/tmp', b'tmpfs', 0, None)",
        "libc.setns(0, 0)",
        "libc.syscall(425, 8, buffer)",
        "libc.syscall(250, 0, 0)",
        "libc.syscall(321, 0, buffer, 120)",
        "libc.syscall(323, 0)",
        "libc.chroot(b'.')",
        "libc.socket(17, 3, 0)",
        "libc.socket(38, 5, 0)",
        "libc.ioctl(0, 0x5412, b'x')",
        "libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0)",
    ],
)
def test_system_calls_that_no_program_needs_are_refused(sandbox: Sandbox, call: str) -> None:
    """Tracing, namespaces, mounts, key rings, io_uring, BPF and raw sockets fail with an error."""
    if os.uname().machine != "x86_64":
        pytest.skip("the numbers are those of x86-64")
    found = _look(
        sandbox,
        f"""
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        buffer = ctypes.create_string_buffer(256)
        print({call}, ctypes.get_errno())
        """,
    )
    assert found in {"-1 1", "-1 97"}, found


def test_the_environment_is_the_policys(sandbox: Sandbox) -> None:
    """A program sees the variables of the policy and of its place, and none of ours."""
    seen = json.loads(_look(sandbox, "import json, os\nprint(json.dumps(dict(os.environ)))"))
    assert _SECRET not in seen
    expected = dict(marked_policy("x").environment)
    expected.pop("BCB_TEST_MARK")
    assert seen.items() >= expected.items()
    assert seen["TZ"] == "UTC"
    assert seen["OMP_NUM_THREADS"] == "1"
    place = {"PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "MPLCONFIGDIR", "PYTHONDONTWRITEBYTECODE"}
    assert set(seen) - set(expected) <= place


def test_our_own_environment_cannot_be_read_through_proc(sandbox: Sandbox, isolating: BackEnd) -> None:
    """No process that a program can see carries our secrets, our sources or the tests in its files."""
    found = _look(
        sandbox,
        """
        import os
        for pid in filter(str.isdigit, os.listdir("/proc")):
            for name in ("environ", "cmdline"):
                try:
                    data = open(f"/proc/{pid}/{name}", "rb").read()
                except OSError:
                    continue
                if b"hunter2" in data or b"pytest" in data:
                    print(pid, name)
        """,
    )
    assert found == ""


def test_the_toolkits_folder_and_homes_are_out_of_sight(sandbox: Sandbox, isolating: BackEnd) -> None:
    """Neither this repository's sources nor anybody's files can be found inside."""
    here = Path(__file__).resolve()
    found = _look(
        sandbox,
        f"""
        import os
        for path in ({str(here)!r}, {str(here.parents[2])!r}, "/etc/shadow", "/etc/ssh", "/var/log", "/sys"):
            if os.path.exists(path):
                print(path)
        print(os.listdir("/home"))
        """,
    )
    assert "sandbox" in found
    assert "/" not in found


def test_nothing_of_the_machine_can_be_written(sandbox: Sandbox, isolating: BackEnd) -> None:
    """The root, the interpreter, its libraries and the system's settings are read-only."""
    found = _look(
        sandbox,
        """
        import os, sys, sysconfig
        for folder in ("/", "/usr", "/usr/bin", "/etc", "/var", "/dev", "/proc/sys/kernel", sys.prefix,
                       sysconfig.get_path("purelib"), os.path.dirname(os.__file__)):
            try:
                with open(os.path.join(folder, "bcb-test-file"), "w"):
                    print(folder)
            except OSError:
                pass
        for path in (os.__file__, sys.executable, "/etc/passwd", "/proc/sys/kernel/hostname"):
            try:
                with open(path, "ab") as file:
                    print(path)
            except OSError:
                pass
            try:
                os.unlink(path)
                print(path)
            except OSError:
                pass
        """,
    )
    assert found == ""


def test_what_a_program_writes_never_reaches_the_machine(sandbox: Sandbox, isolating: BackEnd) -> None:
    """Temporary, home and shared-memory files are private and gone with the run."""
    mark = new_mark()
    _look(
        sandbox,
        f"""
        import os
        for folder in ("/tmp", "/dev/shm", os.path.expanduser("~"), ".", "/var/tmp"):
            open(os.path.join(folder, "{mark}"), "w").close()
        """,
    )
    for folder in ("/tmp", "/dev/shm", "/var/tmp", str(Path.home()), "."):
        assert not (Path(folder) / mark).exists()


def test_private_folders_have_a_size(sandbox: Sandbox, back_end: BackEnd, isolating: BackEnd) -> None:
    """A full folder is an error of the program that filled it, and empty again for the next."""
    found = _look(
        sandbox,
        """
        import os
        for folder in ("/tmp", "/dev/shm", "."):
            try:
                for number in range(20):
                    with open(f"{folder}/big{number}", "wb") as file:
                        for _ in range(64):
                            file.write(bytes(1 << 20))
            except OSError as error:
                print(error.errno)
            for number in range(20):
                if os.path.exists(f"{folder}/big{number}"):
                    os.unlink(f"{folder}/big{number}")
        """,
    )
    assert found.split() == ["28"] * 3
    assert _look(sandbox, "open('/tmp/small', 'w').write('x')") == ""


def test_no_network_but_its_own_loopback(sandbox: Sandbox, isolating: BackEnd) -> None:
    """No server of this machine can be reached, by port or by name; the only interface is `lo`."""
    name = "\0" + new_mark()
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as local:
        local.bind(name)
        local.listen()
        found = _look(
            sandbox,
            f"""
            import socket
            print([name for _, name in socket.if_nameindex()])
            print(len(open("/proc/net/route").readlines()))
            for family, address in (
                (socket.AF_INET, ("127.0.0.1", {server.getsockname()[1]})),
                (socket.AF_UNIX, {name!r}),
            ):
                try:
                    socket.socket(family).connect(address)
                    print("reached", address)
                except ConnectionRefusedError:
                    pass
            """,
        )
    assert found.splitlines() == ["['lo']", "1"]


def test_loopback_can_be_taken_away_too(sandbox: Sandbox, isolating: BackEnd) -> None:
    """With the network set to none not even a server of the program's own is reached."""
    report = run_case(
        sandbox,
        """
        import socket
        def task_func():
            server = socket.create_server(("127.0.0.1", 0))
            try:
                socket.create_connection(server.getsockname(), timeout=0.2)
            except OSError:
                return 42
        """,
        network=Network.NONE,
    )
    assert report.outcome is Outcome.PASS, report.tests


def test_runs_do_not_see_each_other(sandbox: Sandbox, back_end: BackEnd) -> None:
    """Files, variables, patched modules, a changed folder: nothing of a run is there in the next."""
    _look(
        sandbox,
        """
        import builtins, json, os, pathlib, sys, tempfile
        for folder in (".", tempfile.gettempdir(), os.path.expanduser("~")):
            pathlib.Path(folder, "left-behind").write_text("x")
        os.environ["LEFT_BEHIND"] = "1"
        json.dumps = builtins.left_behind = None
        sys.path.insert(0, "/left-behind")
        os.chdir("/")
        os.umask(0o777)
        """,
    )
    found = _look(
        sandbox,
        """
        import builtins, json, os, pathlib, sys, tempfile
        for folder in (".", tempfile.gettempdir(), os.path.expanduser("~")):
            if pathlib.Path(folder, "left-behind").exists():
                print(folder)
        if "LEFT_BEHIND" in os.environ or not json.dumps or hasattr(builtins, "left_behind"):
            print("state")
        if "/left-behind" in sys.path or os.getcwd() == "/" or os.umask(0o22) == 0o777:
            print("place")
        """,
    )
    assert found == ""


def test_temporary_files_go_to_the_runs_own_folder(back_end: BackEnd) -> None:
    """Also in a zygote that was started after others, `tempfile` uses the private place."""
    body = """
        import os, tempfile
        def task_func():
            print(tempfile.gettempdir(), os.getcwd())
            return 42
    """
    with back_end.open() as sandbox:
        run_case(sandbox, "def task_func(): return 42")
        report = run_case(sandbox, body, imports=frozenset({"numpy"}))
    folder, cwd = report.out.split()
    assert folder == "/tmp" if back_end.isolates else os.path.commonpath([folder, cwd]).startswith("/tmp/")


def test_ports_and_shared_memory_are_free_again(sandbox: Sandbox, isolating: BackEnd) -> None:
    """A fixed port and a named block of shared memory can be had by every run."""
    body = """
        import socket
        from multiprocessing import resource_tracker, shared_memory
        resource_tracker.register = lambda *a: None
        server = socket.create_server(("127.0.0.1", 8765), reuse_port=False)
        client = socket.create_connection(("127.0.0.1", 8765))
        taken, _ = server.accept()
        taken.close()
        client.close()
        shared_memory.SharedMemory(name="bcb-test", create=True, size=16)
    """
    for _ in range(2):
        _look(sandbox, body)


def test_random_state_differs_between_runs(sandbox: Sandbox) -> None:
    """Unseeded random numbers are not those of the run before."""
    draws = [_look(sandbox, "import random, uuid\nprint(random.random(), uuid.uuid4())") for _ in range(3)]
    words = " ".join(draws).split()
    assert len(set(words)) == len(words)


def test_files_of_the_program_are_there(sandbox: Sandbox) -> None:
    """Files are in the working folder, in folders of their own, byte for byte, and can be changed."""
    data = bytes(range(256))
    report = run_case(
        sandbox,
        """
        import pathlib
        def task_func():
            assert pathlib.Path("data/deep/a.bin").read_bytes() == bytes(range(256))
            pathlib.Path("b.txt").write_text("changed")
            return 42
        """,
        files={"data/deep/a.bin": data, "b.txt": "ä".encode()},
    )
    assert report.outcome is Outcome.PASS, report.tests


def test_the_pid_is_not_that_of_the_zygote(sandbox: Sandbox, isolating: BackEnd) -> None:
    """A library that detects a fork by its pid detects it: no run has the zygote's own number."""
    run_case(sandbox, "def task_func(): return 42")
    (zygote,) = zygotes(sandbox)
    lines = Path(f"/proc/{zygote}/status").read_text().splitlines()
    inner = next(line.split()[-1] for line in lines if line.startswith("NSpid:"))
    for _ in range(3):
        assert _look(sandbox, "import os\nprint(os.getpid())") != inner
