"""A run whose record is complete: its numbers, and the files that hold them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bcb_tools.evaluate.programs import Mode
from bcb_tools.evaluate.reference import Reference
from bcb_tools.evaluate.results import ResultFiles, write_eval_results, write_json
from bcb_tools.evaluate.run import Outline
from bcb_tools.evaluate.summary import Summary, summarise
from bcb_tools.provenance import Provenance

__all__ = ["Finished"]


@dataclass
class Finished:
    """A complete record, and the files made of it.

    Attributes:
        outline: What the run was.
        files: Where its results go.
        references: What became of the ground truths; empty when they were not asked for.
        split: ``complete`` or ``instruct``, for the files.
        subset: What of the dataset was chosen, for the files.
        ks: The k of each Pass@k.
    """

    outline: Outline
    files: ResultFiles
    references: dict[str, Reference]
    split: str
    subset: str
    ks: tuple[int, ...]

    @cached_property
    def summary(self) -> Summary:
        """Every number, from the record."""
        evaluation = self.outline.evaluation
        return summarise(
            self.files.record,
            evaluation.modes,
            self.ks,
            tasks=list(self.outline.subjects),
            valid=self._valid if evaluation.check_references else None,
            seed=evaluation.provenance.seed,
        )

    def write(self, seconds: float) -> dict[str, Any]:
        """Write every file; the summary last, because it says that all is there.

        Args:
            seconds: How long this part of the run took.

        Returns:
            The numbers with the paths of the files.

        Raises:
            OutputError: A file cannot be written.
        """
        answer = {
            **self.summary.to_json(),
            "unanswered": len(self.outline.unanswered),
            "seconds": round(seconds, 3),
            "files": {name: str(path) for name, path in self._write_modes().items()},
        }
        write_json(
            self.files.summary,
            {
                **answer,
                "ground_truth_failed": self._failed(),
                "split": self.split,
                "subset": self.subset,
                "provenance": {**self.outline.settings, **Provenance.circumstances()},
            },
        )
        return answer

    def _write_modes(self) -> dict[str, Path]:
        paths = {"record": self.files.record, "summary": self.files.summary}
        for place, mode in enumerate(self.summary.modes):
            primary = place == 0
            suffix = "" if primary else f"_{mode.mode}"
            verdicts = self.files.eval_results(mode.mode, primary=primary)
            write_eval_results(verdicts, self.files.record, mode.mode, list(self.outline.subjects))
            paths[f"eval_results{suffix}"] = verdicts
            scores = self.files.pass_at_k(mode.mode, primary=primary)
            write_json(scores, self._upstream_scores(mode.to_json(), mode.mode))
            paths[f"pass_at_k{suffix}"] = scores
        return paths

    @property
    def _valid(self) -> list[str]:
        return [task_id for task_id, reference in self.references.items() if reference.valid]

    def _failed(self) -> dict[str, str]:
        return {key: found.outcome.value for key, found in self.references.items() if not found.valid}

    def _upstream_scores(self, numbers: dict[str, Any], mode: Mode) -> dict[str, Any]:
        rate = len(self._valid) / len(self.outline.subjects) if self.references else None
        return {
            **{f"pass@{k}": numbers[f"pass@{k}"] for k in self.ks},
            "model": self.files.stem.split("--bigcodebench-")[0].split("--bcb-")[0],
            "split": self.split,
            "subset": self.subset,
            "calibrated": mode is Mode.CALIBRATED,
            "gt_pass_rate": rate,
            "failed_tasks": sorted(self._failed()),
        }
