from datetime import date, timedelta

import matplotlib.pyplot as plt
from matplotlib.dates import date2num


def task_func(start, steps, deadline=None):
    """
    Schedule the steps of a project and draw them as a Gantt chart.

    A step is a dict with its 'name' (str), how many 'days' it takes (int) and, optionally, the list of the names of
    the steps that it comes 'after', which may stand before or after it in the list of steps. All dates are
    'YYYY-MM-DD' text. A step that comes after no other step starts on the first day of the project. Any other step
    starts on the day after the last day of those that it comes after, whichever is the latest. All days of the week
    count. Each step is one horizontal bar (`Axes.barh`) from the beginning of its first day to the end of its last
    day on a date axis. The bars are in the order of the given steps from top to bottom, with the names of the steps
    as tick labels of the y axis. A bar is drawn in 'tab:red' if the step ends after the deadline, else in
    'tab:blue'. The x label is 'Date', and the title is 'Project: ' followed by the number of days from the first
    day of the project to the last day of the last step, inclusive, and ' days', such as 'Project: 12 days'.

    Parameters:
    - start (str): The first day of the project.
    - steps (list of dict): The steps.
    - deadline (str, optional): The last day that is still in time. Default is None, which means that nothing is late.

    Returns:
    - tuple: A pair of
        - matplotlib.axes.Axes: The chart.
        - dict: Maps the name of each step to the pair of its first and last day.

    Requirements:
    - datetime
    - matplotlib

    Raises:
    - ValueError: If there are no steps, a step takes less than one day, a step comes after one that does not exist,
      or steps wait for each other in a circle.

    Example:
    >>> ax, plan = task_func('2026-03-02', [
    ...     {'name': 'design', 'days': 3},
    ...     {'name': 'build', 'days': 5, 'after': ['design']},
    ... ])
    >>> plan['build']
    ('2026-03-05', '2026-03-09')
    >>> ax.get_title()
    'Project: 8 days'
    """
    first_day = date.fromisoformat(start)
    ends = {}
    waiting = list(steps)
    while waiting:
        ready = [step for step in waiting if all(name in ends for name in step.get("after", []))]
        if not ready:
            raise ValueError("steps wait for each other, or for one that does not exist")
        for step in ready:
            if step["days"] < 1:
                raise ValueError(f"the step {step['name']!r} takes less than one day")
            begin = max((ends[name] for name in step.get("after", [])), default=first_day)
            ends[step["name"]] = begin + timedelta(days=step["days"])
        waiting = [step for step in waiting if step["name"] not in ends]
    if not ends:
        raise ValueError("a project needs at least one step")

    in_time = date.max if deadline is None else date.fromisoformat(deadline) + timedelta(days=1)
    _, ax = plt.subplots()
    plan = {}
    for place, step in enumerate(steps):
        end = ends[step["name"]]
        begin = end - timedelta(days=step["days"])
        colour = "tab:red" if end > in_time else "tab:blue"
        ax.barh(place, step["days"], left=date2num(begin), color=colour)
        plan[step["name"]] = begin.isoformat(), (end - timedelta(days=1)).isoformat()
    ax.xaxis_date()
    ax.set_yticks(range(len(steps)), [step["name"] for step in steps])
    ax.invert_yaxis()
    ax.set_xlabel("Date")
    ax.set_title(f"Project: {(max(ends.values()) - first_day).days} days")
    return ax, plan
