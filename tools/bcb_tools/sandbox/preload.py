"""Which libraries are imported ahead of the runs that need them.

Importing the scientific stack takes seconds, forking an interpreter that has it takes milliseconds. Programs
are put into groups by what their reference and tests import; each group has one warm interpreter. What a
fork does not survive is kept out: libraries that start threads when imported are found when a group starts,
and TensorFlow, which survives until its first operation, has a group of its own because it is large.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

__all__ = ["FRESH", "Plan", "plan_groups"]

FRESH = "fresh"
"""The group that preloads nothing: every run starts from a bare interpreter."""

_LARGE = frozenset({"tensorflow", "keras", "jax", "torch"})
_SCIENTIFIC = frozenset(
    {
        "cv2",
        "gensim",
        "geopandas",
        "librosa",
        "matplotlib",
        "mpl_toolkits",
        "nltk",
        "numba",
        "numpy",
        "pandas",
        "scipy",
        "seaborn",
        "shapely",
        "skimage",
        "sklearn",
        "soundfile",
        "statsmodels",
        "sympy",
        "wordcloud",
    }
)
# importing these opens windows, prints, or changes how the interpreter works
_NEVER = frozenset(
    {"antigravity", "idlelib", "lib2to3", "this", "turtle", "turtledemo", "tkinter", "__main__"}
)


@dataclass(frozen=True)
class Plan:
    """Groups and what each imports ahead.

    Attributes:
        preload: Dotted modules by group name, sorted.
        fresh: Whether every program belongs to the group that preloads nothing.
    """

    preload: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fresh: bool = False

    def group_of(self, imports: frozenset[str]) -> str:
        """The group of a program with these imports."""
        name = FRESH if self.fresh else _group_name(imports)
        return name if name in self.preload else FRESH

    def modules(self, group: str) -> tuple[str, ...]:
        """What a group imports ahead."""
        return self.preload.get(group, ())


def _roots(imports: Iterable[str]) -> set[str]:
    return {name.partition(".")[0] for name in imports}


def _group_name(imports: frozenset[str]) -> str:
    roots = _roots(imports)
    large = sorted(roots & _LARGE)
    if large:
        return "tensorflow" if large[0] in ("keras", "tensorflow") else large[0]
    return "scientific" if roots & _SCIENTIFIC else "general"


def plan_groups(
    programs: Iterable[frozenset[str]], *, never: Iterable[str] = (), fresh: bool = False
) -> Plan:
    """Group programs by what they import.

    Args:
        programs: The dotted imports of each program.
        never: Modules that must not be imported ahead, such as those that were seen to start threads.
        fresh: Preload nothing at all.
    """
    if fresh:
        return Plan(fresh=True)
    kept_out = _NEVER | set(never)
    preload: dict[str, set[str]] = {}
    for imports in programs:
        wanted = {name for name in imports if name not in kept_out and name.partition(".")[0] not in kept_out}
        preload.setdefault(_group_name(imports), set()).update(wanted)
    return Plan({name: tuple(sorted(modules)) for name, modules in sorted(preload.items())})
