import unittest
from datetime import date

import matplotlib.pyplot as plt
from matplotlib.colors import to_rgba
from matplotlib.dates import date2num


class TestCases(unittest.TestCase):
    steps = (
        {"name": "deploy", "days": 1, "after": ["build", "write manual"]},
        {"name": "design", "days": 3},
        {"name": "build", "days": 5, "after": ["design"]},
        {"name": "write manual", "days": 10, "after": ["design"]},
        {"name": "rest", "days": 2},
    )

    def tearDown(self):
        plt.close("all")

    def bars(self, ax):
        """Give each step's bar under the tick label that stands at its height."""
        names = {place: label.get_text() for place, label in zip(ax.get_yticks(), ax.get_yticklabels())}
        return {
            names[min(names, key=lambda place: abs(place - bar.get_y() - bar.get_height() / 2))]: bar
            for bar in ax.patches
        }

    def test_steps_follow_what_they_wait_for(self):
        """A step starts on the day after the latest of its predecessors, wherever these stand in the list."""
        _, plan = task_func("2026-02-25", list(self.steps))
        self.assertEqual(
            plan,
            {
                "deploy": ("2026-03-10", "2026-03-10"),
                "design": ("2026-02-25", "2026-02-27"),
                "build": ("2026-02-28", "2026-03-04"),
                "write manual": ("2026-02-28", "2026-03-09"),
                "rest": ("2026-02-25", "2026-02-26"),
            },
        )

    def test_bars_span_whole_days(self):
        """Each bar begins with the first day and is as wide as the step has days."""
        ax, plan = task_func("2026-02-25", list(self.steps))
        bars = self.bars(ax)
        self.assertEqual(len(ax.patches), 5)
        for step in self.steps:
            with self.subTest(step=step["name"]):
                bar = bars[step["name"]]
                self.assertAlmostEqual(bar.get_x(), date2num(date.fromisoformat(plan[step["name"]][0])))
                self.assertAlmostEqual(bar.get_width(), step["days"])

    def test_steps_run_from_top_to_bottom(self):
        """The first step is drawn highest, and every step has its name beside it."""
        ax, _ = task_func("2026-02-25", list(self.steps))
        height = {
            name: ax.transData.transform((bar.get_x(), bar.get_y() + bar.get_height() / 2))[1]
            for name, bar in self.bars(ax).items()
        }
        self.assertEqual(sorted(height, key=height.get, reverse=True), [step["name"] for step in self.steps])

    def test_late_steps_are_red(self):
        """Ending on the deadline is in time, ending a day later is not."""
        for deadline, late in (
            ("2026-03-10", set()),
            ("2026-03-09", {"deploy"}),
            ("2026-03-08", {"deploy", "write manual"}),
        ):
            ax, _ = task_func("2026-02-25", list(self.steps), deadline)
            for name, bar in self.bars(ax).items():
                with self.subTest(deadline=deadline, name=name):
                    wanted = "tab:red" if name in late else "tab:blue"
                    self.assertEqual(to_rgba(bar.get_facecolor()), to_rgba(wanted))

    def test_without_a_deadline_nothing_is_late(self):
        """All bars are blue where no deadline is given."""
        ax, _ = task_func("2026-02-25", list(self.steps))
        self.assertEqual({to_rgba(bar.get_facecolor()) for bar in ax.patches}, {to_rgba("tab:blue")})

    def test_title_and_label(self):
        """The title counts the days of the whole project."""
        ax, _ = task_func("2026-02-25", list(self.steps))
        self.assertEqual(ax.get_title(), "Project: 14 days")
        self.assertEqual(ax.get_xlabel(), "Date")
        ax, _ = task_func("2026-02-25", [{"name": "only", "days": 1, "after": []}])
        self.assertEqual(ax.get_title(), "Project: 1 days")

    def test_impossible_plans_are_value_errors(self):
        """No steps, no days, unknown predecessors and circles raise ValueError."""
        for steps in (
            [],
            [{"name": "a", "days": 0}],
            [{"name": "a", "days": 1, "after": ["b"]}],
            [{"name": "a", "days": 1, "after": ["a"]}],
            [
                {"name": "a", "days": 1, "after": ["b"]},
                {"name": "b", "days": 1, "after": ["a"]},
                {"name": "c", "days": 1},
            ],
        ):
            with self.subTest(steps=steps), self.assertRaises(ValueError):
                task_func("2026-02-25", steps)
