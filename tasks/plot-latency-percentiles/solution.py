import matplotlib.pyplot as plt
import numpy as np

PERCENTILES = (50, 95, 99)


def task_func(samples):
    """
    Draw a grouped bar chart of the response times of several endpoints.

    The samples map each endpoint to the list of its response times in milliseconds, all greater than zero. For each
    endpoint the chart has one bar for each of the percentiles in PERCENTILES, computed with linear interpolation.
    Endpoints are ordered by their 99th percentile, the slowest first; equally slow ones are ordered by name.
    Endpoints without samples are left out. The title is 'Latency percentiles' and the label of the y axis 'Latency
    (ms)'. The tick labels of the x axis are the endpoints, and the legend has the entries 'p50', 'p95' and 'p99'.
    The y axis is logarithmic if the largest bar is at least 100 times as high as the smallest, else linear.

    Parameters:
    - samples (dict): Maps each endpoint (str) to a list of numbers.

    Returns:
    - tuple: A pair of
        - matplotlib.axes.Axes: The chart.
        - dict: Maps each endpoint, in the order of the chart, to the list of its percentiles as floats.

    Requirements:
    - matplotlib
    - numpy

    Raises:
    - ValueError: If a response time is not greater than zero, or no endpoint has samples.

    Example:
    >>> ax, table = task_func({'/health': [1, 2, 3], '/search': [10, 30]})
    >>> table['/search']
    [20.0, 29.0, 29.8]
    >>> ax.get_title()
    'Latency percentiles'
    """
    if any(value <= 0 for values in samples.values() for value in values):
        raise ValueError("response times must be greater than zero")
    measured = {name: np.percentile(values, PERCENTILES).tolist() for name, values in samples.items() if len(values)}
    if not measured:
        raise ValueError("no endpoint has samples")
    table = dict(sorted(measured.items(), key=lambda item: (-item[1][-1], item[0])))
    heights = np.array(list(table.values()))
    places = np.arange(len(table))
    width = 0.8 / len(PERCENTILES)
    _, ax = plt.subplots()
    for index, percentile in enumerate(PERCENTILES):
        ax.bar(places + (index - 1) * width, heights[:, index], width, label=f"p{percentile}")
    if heights.max() >= 100 * heights.min():
        ax.set_yscale("log")
    ax.set_xticks(places, list(table))
    ax.set_title("Latency percentiles")
    ax.set_ylabel("Latency (ms)")
    ax.legend()
    return ax, table
