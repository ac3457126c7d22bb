"""Cells made ahead, so that no run waits for its namespaces."""

from __future__ import annotations

import time

from bcb_tools.sandbox.guest.cell import Cell, CellError, open_cell

__all__ = ["Stock"]


class Stock:
    """All cells that are alive: those that wait for a run and those that have one.

    Args:
        wanted: How many to keep ready.
        disk_mib: Size of the private folders of those.
        kept: What is carried into the private folders; see ``root.refresh_private``.
    """

    def __init__(self, wanted: int, disk_mib: int, kept: list[str]) -> None:
        self._wanted = wanted
        self._disk_mib = disk_mib
        self._kept = kept
        self._spare: list[Cell] = []
        self._alive: dict[int, Cell] = {}

    @property
    def short(self) -> bool:
        """Whether fewer are ready than wanted."""
        return len(self._spare) < self._wanted

    def prepare(self) -> None:
        """Make one more; where the kernel refuses, the run that needs it will say why."""
        try:
            self._spare.append(self._new(self._disk_mib))
        except CellError:
            time.sleep(0.01)

    def take(self, disk_mib: int) -> Cell:
        """A complete cell with private folders of this size.

        Raises:
            CellError: The kernel refused it.
        """
        fitting = [cell for cell in self._spare if cell.disk_mib == disk_mib]
        cell = fitting[0] if fitting else self._new(disk_mib)
        if fitting:
            self._spare.remove(cell)
        cell.wait_ready()
        return cell

    def reap(self, pid: int) -> Cell | None:
        """Note that a process has been reaped; the cell it was the first process of, if any."""
        cell = self._alive.pop(pid, None)
        if cell is not None:
            cell.bury()
            if cell in self._spare:
                self._spare.remove(cell)
        return cell

    def _new(self, disk_mib: int) -> Cell:
        cell = open_cell(disk_mib, self._kept)
        self._alive[cell.pid] = cell
        return cell
