"""A sandbox that is warm for certain tasks, and remembers what it learned about their libraries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from bcb_tools.evaluate.cache import Cache
from bcb_tools.evaluate.programs import Subject
from bcb_tools.provenance import Provenance
from bcb_tools.sandbox import Sandbox, plan_groups

__all__ = ["warm_sandbox"]


@contextmanager
def warm_sandbox(
    subjects: Mapping[str, Subject], provenance: Provenance, cache: Cache, parallel: int
) -> Iterator[Sandbox]:
    """Open the sandbox in which these tasks' programs run.

    Args:
        subjects: The tasks, by id: what they import is imported ahead.
        provenance: Environment, policy and isolation.
        cache: Which libraries do not survive a fork; what is found out now is added at the end.
        parallel: How many programs run at the same time.

    Raises:
        SandboxUnavailable: This machine refuses the isolation.
        SandboxBroken: The sandbox does not start.
    """
    environment = provenance.environment
    plan = plan_groups(
        (subject.task.imports for subject in subjects.values()),
        never=cache.never_preload(environment.digest),
        fresh=provenance.fresh,
    )
    with Sandbox(
        environment.interpreter,
        provenance.policy,
        plan,
        isolation=provenance.isolation,
        parallel=parallel,
    ) as sandbox:
        yield sandbox
        cache.keep_never_preload(environment.digest, sandbox.left_out)
