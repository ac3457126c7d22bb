"""The toolkit's end of the sandbox: starts the supervisor and talks to it."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from bcb_tools.errors import SandboxBroken, SandboxUnavailable
from bcb_tools.sandbox.bundle import boot_source, pack_bundle
from bcb_tools.sandbox.guest import root, wire
from bcb_tools.sandbox.interpreter import Interpreter
from bcb_tools.sandbox.policy import Isolation, Policy

__all__ = ["Host", "unprivileged_uid"]

_NOBODY = 65534
_START_S = 60.0


def unprivileged_uid() -> int:
    """The user that programs run as when we are root; 0 when we are an ordinary user already."""
    if os.geteuid() != 0:
        return 0
    mapped = any(
        int(first) <= _NOBODY < int(first) + int(count)
        for first, _, count in (line.split() for line in Path("/proc/self/uid_map").read_text().splitlines())
    )
    return _NOBODY if mapped else 0


class Host:
    """One running supervisor.

    Args:
        interpreter: The task environment's.
        isolation: How programs are kept apart.
        policy: For the environment variables and the size of private folders.
        spare: How many cells to keep ready.

    Raises:
        SandboxUnavailable: This machine refuses the isolation.
        SandboxBroken: The supervisor did not start.
    """

    def __init__(self, interpreter: Interpreter, isolation: Isolation, policy: Policy, spare: int) -> None:
        if isolation is Isolation.PROCESS:
            _require_readable(interpreter, unprivileged_uid())
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the supervisor
        settings = {
            "control": theirs.fileno(),
            "namespaces": isolation is Isolation.NAMESPACES,
            "shown": interpreter.shown,
            "uid": unprivileged_uid(),
            "spare": spare,
            "disk_mib": policy.limits.disk_mib,
            "folders": tempfile.gettempdir(),
        }
        self._process = subprocess.Popen(
            [os.fspath(interpreter.path), "-S", "-c", boot_source()],
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=self._log,
            pass_fds=[theirs.fileno()],
            env=_environment(interpreter, policy),
            cwd="/",
            start_new_session=True,
        )
        theirs.close()
        self._feed(pack_bundle(settings))
        self._await_start(isolation)

    def _feed(self, bundle: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(bundle)
            self._process.stdin.close()
        except BrokenPipeError:
            pass  # `_await_start` says why

    def _await_start(self, isolation: Isolation) -> None:
        self.control.settimeout(_START_S)
        try:
            message = self.receive()
        except (wire.ClosedError, TimeoutError):
            said = self.log() or "it said nothing"
            self.close()
            raise SandboxBroken(f"the supervisor did not start: {said}") from None
        self.control.settimeout(None)
        if message["op"] == "unavailable":
            self.close()
            raise SandboxUnavailable(
                f"this machine refuses `{isolation}` isolation: {message['why']}", hint=_way_out()
            )

    def log(self) -> str:
        """The end of what the supervisor and its zygotes printed."""
        self._log.seek(0)
        return self._log.read()[-4000:].decode(errors="replace").strip()

    def send(self, message: dict[str, Any], descriptors: tuple[int, ...] = ()) -> None:
        """Send one message.

        Raises:
            wire.ClosedError: The supervisor is gone.
        """
        wire.send(self.control, message, descriptors)

    def receive(self) -> dict[str, Any]:
        """Take one message.

        Raises:
            wire.ClosedError: The supervisor is gone.
        """
        return wire.receive(self.control)[0]

    @property
    def pid(self) -> int:
        """The supervisor's starter, as this machine sees it."""
        return self._process.pid

    def close(self) -> None:
        """End the supervisor and everything below it."""
        self.control.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()


def _require_readable(interpreter: Interpreter, uid: int) -> None:
    """Without namespaces nothing carries the environment to the user that programs run as."""
    if not uid:
        return
    command = [os.fspath(interpreter.path), "-I", "-c", "import json"]
    try:
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            user=uid,
            group=uid,
            extra_groups=(),
            cwd="/",
            timeout=60,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise SandboxUnavailable(
            f"programs run as user {uid}, who cannot run `{interpreter.path}`",
            hint="put the interpreter and its environment where every user can read them, "
            "or start the toolkit as an ordinary user",
        ) from error


def _environment(interpreter: Interpreter, policy: Policy) -> dict[str, str]:
    return {
        "PATH": f"{interpreter.prefix}/bin:/usr/local/bin:/usr/bin:/bin",
        "HOME": root.HOME,
        "USER": "sandbox",
        "LOGNAME": "sandbox",
        "TMPDIR": "/tmp",  # noqa: S108 - the private one
        "MPLCONFIGDIR": f"{root.HOME}/.config/matplotlib",
        "PYTHONDONTWRITEBYTECODE": "1",
        **policy.environment,
    }


def _way_out() -> str:
    return (
        "allow unprivileged user namespaces (`sysctl user.max_user_namespaces=10000`; on Ubuntu 24.04 and "
        "later also `sysctl kernel.apparmor_restrict_unprivileged_userns=0`; in Docker "
        "`--security-opt seccomp=unconfined --security-opt systempaths=unconfined`), or accept the risk of "
        "running untrusted code without isolation: `--isolation process`"
    )
