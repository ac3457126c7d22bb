from urllib.parse import urljoin, urlsplit

import requests


def task_func(url, token=None, limit=None, timeout=10.0):
    """
    Collect the items of a JSON listing that a web service gives out page by page.

    Each page is fetched with GET and is a JSON object with a list 'items' and, unless it is the last page, the URL
    of the next page in 'next'. That URL may be relative to the URL of the page that names it. On the last page
    'next' is null or absent. Each request asks for 'application/json' in its Accept header and, if a token is
    given, carries the header 'Authorization: Bearer <token>'. If a limit is given, no further page is requested as
    soon as that many items are there.

    Parameters:
    - url (str): The URL of the first page.
    - token (str, optional): The access token. Default is None.
    - limit (int, optional): The largest number of items to return. Default is None, which means all.
    - timeout (float): The time limit of each request in seconds. Default is 10.

    Returns:
    - list: The items of all pages, in order, at most `limit`.

    Requirements:
    - requests
    - urllib

    Raises:
    - requests.HTTPError: If a page answers with a status of 400 or above.
    - ValueError: If a page is not a JSON object with a list 'items', if a next page has been visited before, or if its
      scheme, host or port is not that of the first page. Such a page is never requested.

    Note:
    - The token must not leave the service, which is why other hosts are refused.

    Example:
    >>> task_func('http://127.0.0.1:8000/users?page=1', limit=100)  # doctest: +SKIP
    [{'id': 1, 'name': 'Ada'}, {'id': 2, 'name': 'Ben'}]
    """
    headers = {"Accept": "application/json"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    origin = urlsplit(url)[:2]
    visited = set()
    items = []
    while url:
        if url in visited:
            raise ValueError(f"the listing runs in a circle at {url}")
        if urlsplit(url)[:2] != origin:
            raise ValueError(f"the listing leads away to {url}")
        visited.add(url)
        response = requests.get(url, headers=headers, timeout=timeout)
        response.raise_for_status()
        page = response.json()
        if not isinstance(page, dict) or not isinstance(page.get("items"), list):
            raise ValueError(f"not a page of a listing: {url}")
        items.extend(page["items"])
        if limit is not None and len(items) >= limit:
            return items[:limit]
        url = urljoin(url, page["next"]) if page.get("next") else None
    return items
