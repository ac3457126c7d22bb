import math

import numpy as np
from scipy import stats


def task_func(times, counts, background=0.0):
    """
    Estimate the half-life of a signal that decays exponentially.

    The background is subtracted from every count. Points whose remaining count is not greater than zero are left
    out. A straight line is fitted by ordinary least squares to the natural logarithm of the remaining counts over
    time.

    Parameters:
    - times (list of float): The times of the measurements, in any order.
    - counts (list of float): The count measured at each time.
    - background (float): The constant background. Default is 0.

    Returns:
    - dict: Four entries:
        - 'half_life' (float): The time in which the fitted signal halves.
        - 'initial' (float): The fitted count at time 0, without background.
        - 'r_squared' (float): The coefficient of determination of the straight line.
        - 'used' (int): The number of points in the fit.

    Requirements:
    - math
    - numpy
    - scipy

    Raises:
    - ValueError: If times and counts differ in number, fewer than 3 points are left for the fit, these all have the
      same time, or the fitted signal does not decrease.

    Example:
    >>> result = task_func([0, 10, 20, 30], [850, 450, 250, 150], background=50)
    >>> round(result['half_life'], 3), round(result['initial'], 3), result['used']
    (10.0, 800.0, 4)
    """
    times = np.asarray(times, dtype=float)
    signal = np.asarray(counts, dtype=float) - background
    if times.shape != signal.shape:
        raise ValueError(f"{times.size} times for {signal.size} counts")
    above = signal > 0
    if above.sum() < 3:
        raise ValueError("at least 3 points above the background are needed")
    if np.ptp(times[above]) == 0:
        raise ValueError("all points have the same time")
    line = stats.linregress(times[above], np.log(signal[above]))
    if line.slope >= 0:
        raise ValueError("the signal does not decrease")
    return {
        "half_life": -math.log(2) / float(line.slope),
        "initial": math.exp(line.intercept),
        "r_squared": float(line.rvalue) ** 2,
        "used": int(above.sum()),
    }
