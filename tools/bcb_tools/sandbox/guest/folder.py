"""The weaker tier's place for a run: a folder of the host, without walls."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from typing import Any

from bcb_tools.sandbox.guest import census

__all__ = ["Folder"]

_PARTS = ("home", "tmp", "work")


class Folder:
    """A private folder with a home, a temporary and a working folder in it.

    Args:
        parent: Where it is made.
        uid: Who owns it; 0 for the user that we are.
    """

    def __init__(self, parent: str, uid: int) -> None:
        self.path = tempfile.mkdtemp(prefix="bcb-run-", dir=parent)
        self._uid = uid
        self._keeper = 0
        self._condemned = False
        for part in (self.path, *(f"{self.path}/{name}" for name in _PARTS)):
            os.makedirs(part, exist_ok=True)
            if uid:
                os.chown(part, uid, uid)

    @property
    def descriptors(self) -> tuple[int, ...]:
        """What the zygote needs to enter it, as descriptors."""
        return ()

    @property
    def detail(self) -> dict[str, Any]:
        """What the zygote needs to enter it, as values."""
        return {"folder": self.path, "uid": self._uid}

    def occupied(self, keeper: int) -> None:
        """Note the pid of the run's keeper."""
        self._keeper = keeper
        if self._condemned:
            self.kill()

    def kill(self) -> None:
        """Have the keeper end the run."""
        self._condemned = True
        if self._keeper:
            try:
                os.kill(self._keeper, signal.SIGTERM)
            except ProcessLookupError:
                pass

    def usage(self) -> dict[str, Any]:
        """What the run uses now."""
        return census.of_tree(self._keeper)

    def release(self) -> bool:
        """Remove it; the keeper has ended every process before it reported."""
        shutil.rmtree(self.path, ignore_errors=True)
        if os.path.exists(self.path):
            _open_up(self.path)
            shutil.rmtree(self.path, ignore_errors=True)
        return True


def _open_up(top: str) -> None:
    """Give ourselves back the folders that a run made unreadable; what links lead to is left alone."""
    for folder, names, _ in os.walk(top):
        for path in (os.path.join(folder, name) for name in names):
            if not os.path.islink(path):
                os.chmod(path, 0o700)
