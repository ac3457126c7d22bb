import re
from datetime import datetime, timezone

import pandas as pd

LINE = re.compile(
    r'(?P<client>\S+) \S+ \S+ \[(?P<time>[^\]]+)\] "[^"]*" (?P<status>\d{3}) (?P<bytes>\d+|-) "[^"]*" "[^"]*"'
)


def task_func(lines):
    """
    Summarise the lines of an nginx access log by the UTC hour in which each request was logged.

    A valid line is in nginx's "combined" format, for instance:
    203.0.113.9 - alice [05/Mar/2026:23:59:58 +0100] "GET /a HTTP/1.1" 200 512 "-" "curl/8"
    A line that is not in this format, or whose timestamp is no real date and time, is skipped and counted.
    Lines that are empty or hold only whitespace are ignored and not counted.

    Parameters:
    - lines (iterable of str): The lines of the log, with or without their line ends.

    Returns:
    - tuple: A pair of
        - pandas.DataFrame: One row per UTC hour that saw at least one request, in ascending order, with the
          columns 'hour' (text such as '2026-03-05T22:00Z'), 'requests' (number of lines), 'errors' (number of
          lines with a status of 500 or above), 'bytes' (sum of the sizes, where '-' counts as 0) and 'clients'
          (number of distinct client addresses).
        - int: The number of skipped lines.

    Requirements:
    - re
    - datetime
    - pandas

    Raises:
    - ValueError: If there is no valid line.

    Note:
    - Hours without a request have no row.

    Example:
    >>> table, skipped = task_func([
    ...     '203.0.113.9 - - [05/Mar/2026:23:59:58 +0100] "GET /a HTTP/1.1" 200 512 "-" "curl/8"',
    ...     'upstream timed out',
    ... ])
    >>> table.to_dict('records')
    [{'hour': '2026-03-05T22:00Z', 'requests': 1, 'errors': 0, 'bytes': 512, 'clients': 1}]
    >>> skipped
    1
    """
    rows = []
    skipped = 0
    for line in lines:
        line = line.strip()
        if not line:
            continue
        match = LINE.fullmatch(line)
        try:
            when = datetime.strptime(match["time"], "%d/%b/%Y:%H:%M:%S %z") if match else None
        except ValueError:
            when = None
        if when is None:
            skipped += 1
            continue
        size = 0 if match["bytes"] == "-" else int(match["bytes"])
        hour = when.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:00Z")
        rows.append((hour, match["client"], int(match["status"]) >= 500, size))
    if not rows:
        raise ValueError("no valid line in the log")
    frame = pd.DataFrame(rows, columns=["hour", "client", "error", "size"])
    table = frame.groupby("hour", as_index=False).agg(
        requests=("client", "size"),
        errors=("error", "sum"),
        bytes=("size", "sum"),
        clients=("client", "nunique"),
    )
    return table, skipped
