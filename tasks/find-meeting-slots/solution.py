from datetime import datetime, timedelta
from itertools import groupby

import pytz


def task_func(day, people, minutes):
    """
    Find the times of a UTC day at which people in different time zones are all at work.

    Each person is given by a tuple (time zone, start, end), such as ('Europe/Berlin', '09:00', '17:30'). A person
    is at work whenever the clock in their time zone shows a time from their start (inclusive) to their end
    (exclusive), on every day of the week. An end that is earlier than the start lies on the next day, so that
    '22:00' to '06:00' is a night shift; an end equal to the start means around the clock. Daylight saving time is
    respected.

    Parameters:
    - day (str): The UTC day, as 'YYYY-MM-DD'.
    - people (dict): Maps the name of each person to their tuple.
    - minutes (int): The length of the shortest slot worth reporting.

    Returns:
    - list of tuple: A pair (start, end) of UTC times 'HH:MM' for each slot in which all people are at work without a
      break for at least `minutes` minutes, in order. Slots are as long as possible, but never leave the day: they
      start at '00:00' at the earliest and end at '24:00' at the latest.

    Requirements:
    - datetime
    - itertools
    - pytz

    Raises:
    - ValueError: If there are no people, a time zone is unknown, `minutes` is less than 1, or a day or time is not
      valid.

    Example:
    >>> task_func('2026-07-01', {
    ...     'Ada': ('Europe/London', '09:00', '17:00'),
    ...     'Ben': ('America/New_York', '09:00', '17:00'),
    ... }, 30)
    [('13:00', '16:00')]
    """
    if not people or minutes < 1:
        raise ValueError("at least one person and one minute are needed")
    shifts = []
    for zone, start, end in people.values():
        if zone not in pytz.all_timezones_set:
            raise ValueError(f"unknown time zone {zone!r}")
        clock = [datetime.strptime(text, "%H:%M").time() for text in (start, end)]
        shifts.append((pytz.timezone(zone), *clock))
    midnight = pytz.utc.localize(datetime.strptime(day, "%Y-%m-%d"))

    def all_at_work(minute):
        moment = midnight + timedelta(minutes=minute)
        for zone, start, end in shifts:
            now = moment.astimezone(zone).time()
            if start < end:
                at_work = start <= now < end
            else:
                at_work = now >= start or now < end
            if not at_work:
                return False
        return True

    slots = []
    for at_work, run in groupby(range(24 * 60), key=all_at_work):
        run = list(run)
        if at_work and len(run) >= minutes:
            slots.append(tuple(f"{edge // 60:02d}:{edge % 60:02d}" for edge in (run[0], run[-1] + 1)))
    return slots
