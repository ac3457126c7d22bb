from datetime import date, timedelta

from dateutil.relativedelta import relativedelta


def task_func(first, count, holidays=()):
    """
    List the due dates of a monthly payment, moved off weekends and holidays.

    The nominal due dates are the first one and the same day of each following month; in a month that is too short
    the nominal date is its last day, and later months use the original day again. A nominal date that is a
    Saturday, a Sunday or a holiday moves forward to the next day that is none of these. If that day lies in another
    month, the nominal date moves backward to the nearest earlier working day instead. All dates are 'YYYY-MM-DD'
    text.

    Parameters:
    - first (str): The first nominal due date, as 'YYYY-MM-DD'.
    - count (int): The number of due dates.
    - holidays (iterable of str): Dates on which nothing is due, as 'YYYY-MM-DD'. Default is none.

    Returns:
    - list of str: The due dates in order, as 'YYYY-MM-DD'.

    Requirements:
    - datetime
    - dateutil

    Raises:
    - ValueError: If `count` is less than 1, or a date is not a valid 'YYYY-MM-DD' date.

    Note:
    - A moved date never influences the dates after it.

    Example:
    >>> task_func('2026-01-31', 3)
    ['2026-01-30', '2026-02-27', '2026-03-31']
    """
    if count < 1:
        raise ValueError(f"count must be at least 1, not {count}")
    start = date.fromisoformat(first)
    closed = {date.fromisoformat(day) for day in holidays}

    def nearest(day, step):
        while day.weekday() >= 5 or day in closed:
            day += timedelta(days=step)
        return day

    result = []
    for month in range(count):
        nominal = start + relativedelta(months=month)
        due = nearest(nominal, 1)
        if due.month != nominal.month:
            due = nearest(nominal, -1)
        result.append(due.isoformat())
    return result
