import pandas as pd
from sklearn.cluster import KMeans
from sklearn.preprocessing import StandardScaler

FEATURES = ["recency", "frequency", "monetary"]


def task_func(orders, as_of, n_segments=3, seed=0):
    """
    Divide customers into segments by how recently, how often and for how much they ordered.

    The orders are one row each, with the columns 'customer', 'date' ('YYYY-MM-DD' text or datetimes without a time
    of day) and 'amount'; the frame is not modified. Orders after the day `as_of` are ignored. For each remaining
    customer, 'recency' is the number of days from the customer's last order to `as_of`, 'frequency' the number of
    orders and 'monetary' the sum of the amounts. These three features are standardised to zero mean and unit
    variance and clustered with k-means. The segments are then numbered from 0 by the mean of 'monetary' of their
    customers, the highest first.

    Parameters:
    - orders (pandas.DataFrame): The orders.
    - as_of (str): The day of the evaluation, as 'YYYY-MM-DD'.
    - n_segments (int): The number of segments. Default is 3.
    - seed (int): The random state of k-means. Default is 0.

    Returns:
    - pandas.DataFrame: One row per customer, indexed and sorted by 'customer', with the columns 'recency',
      'frequency', 'monetary' and 'segment' in this order.

    Requirements:
    - pandas
    - sklearn

    Raises:
    - ValueError: If `n_segments` is less than 1 or greater than the number of customers with an order up to `as_of`.

    Example:
    >>> orders = pd.DataFrame({
    ...     'customer': ['ann', 'ann', 'bob'],
    ...     'date': ['2026-01-05', '2026-01-20', '2025-06-01'],
    ...     'amount': [100.0, 150.0, 20.0],
    ... })
    >>> task_func(orders, '2026-01-31', n_segments=2).loc['ann'].tolist()
    [11.0, 2.0, 250.0, 0.0]
    """
    day = pd.Timestamp(as_of)
    table = pd.DataFrame(
        {"customer": orders["customer"], "date": pd.to_datetime(orders["date"]), "amount": orders["amount"]}
    )
    table = table[table["date"] <= day]
    result = table.groupby("customer").agg(
        recency=("date", lambda dates: (day - dates.max()).days),
        frequency=("date", "size"),
        monetary=("amount", "sum"),
    )
    if not 1 <= n_segments <= len(result):
        raise ValueError(f"cannot make {n_segments} segments of {len(result)} customers")
    scaled = StandardScaler().fit_transform(result[FEATURES].astype(float))
    clusters = KMeans(n_clusters=n_segments, n_init=10, random_state=seed).fit_predict(scaled)
    means = result["monetary"].groupby(clusters).mean().sort_values(ascending=False)
    rank = {cluster: number for number, cluster in enumerate(means.index)}
    result["segment"] = [rank[cluster] for cluster in clusters]
    return result.sort_index()
