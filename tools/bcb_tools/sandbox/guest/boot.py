"""The first lines that run in the task environment's interpreter: take our source from stdin, start it.

Passed as text with `-S -c`. The toolkit's folder stays invisible inside because the modules come as data.
"""

from __future__ import annotations

import importlib.machinery
import json
import sys
import types
from typing import Any


class BundleFinder:
    """Import our modules from a dictionary.

    Args:
        modules: Source text by dotted name; None for a package.
    """

    def __init__(self, modules: dict[str, str | None]) -> None:
        self.modules = modules

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:  # noqa: ARG002
        """Claim the names of the bundle."""
        if name not in self.modules:
            return None
        package = self.modules[name] is None
        return importlib.machinery.ModuleSpec(name, self, is_package=package)  # type: ignore[arg-type]

    def create_module(self, spec: Any) -> None:
        """Leave it to the import system."""

    def exec_module(self, module: types.ModuleType) -> None:
        """Execute a module's source; a package has none."""
        source = self.modules[module.__name__]
        if source is not None:
            exec(compile(source, f"<{module.__name__}>", "exec"), module.__dict__)


def main() -> None:
    """Read the bundle and become the supervisor."""
    sys.path[:] = [entry for entry in sys.path if entry]
    bundle = json.loads(sys.stdin.buffer.read())
    sys.meta_path.insert(0, BundleFinder(bundle["modules"]))
    # programs meet an empty main module, as they would under a test runner
    sys.modules["__main__"] = types.ModuleType("__main__")
    from bcb_tools.sandbox.guest import entry

    entry.start(bundle["settings"])


if __name__ == "__main__":
    main()
