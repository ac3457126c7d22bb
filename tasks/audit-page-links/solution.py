from html.parser import HTMLParser
from urllib.error import HTTPError, URLError
from urllib.parse import urldefrag, urljoin
from urllib.request import urlopen


def task_func(url, timeout=5.0):
    """
    Fetch a web page and report the HTTP status of everything that it links to.

    The links are the `href` attributes of the page's `a` elements. Whitespace around them is removed, they are
    resolved against the URL of the page, and a fragment ('#...') is dropped. Links that are not http or https, and
    links that lead to the page itself, are left out. Each remaining link is requested once with GET, and redirects
    are followed.

    Parameters:
    - url (str): The URL of the page, which is UTF-8 text.
    - timeout (float): The time limit of each request in seconds. Default is 5.

    Returns:
    - dict: Maps each absolute link to its status (int), which is that of the last answer where there are redirects, or
      to None if no connection could be made. The links are in the order of their first appearance on the page.

    Requirements:
    - html
    - urllib

    Raises:
    - urllib.error.URLError: If the page itself cannot be fetched or answers with an error status. (An
      urllib.error.HTTPError is one, too.)

    Example:
    >>> task_func('http://127.0.0.1:8000/index.html')  # doctest: +SKIP
    {'http://127.0.0.1:8000/about.html': 200, 'http://127.0.0.1:8000/old.html': 404}
    """
    links = {}

    class LinkParser(HTMLParser):
        def handle_starttag(self, tag, attributes):
            href = dict(attributes).get("href")
            if tag == "a" and href is not None:
                link = urldefrag(urljoin(url, href.strip())).url
                if link.startswith(("http://", "https://")) and link != urldefrag(url).url:
                    links[link] = None

    with urlopen(url, timeout=timeout) as response:
        page = response.read().decode("utf-8", errors="replace")
    parser = LinkParser()
    parser.feed(page)
    parser.close()
    for link in links:
        try:
            with urlopen(link, timeout=timeout) as response:
                links[link] = response.status
        except HTTPError as error:
            links[link] = error.code
            error.close()
        except URLError:
            links[link] = None
    return links
