import http.server
import os
import socket
import threading
import unittest
import unittest.mock
from urllib.error import URLError


class TestCases(unittest.TestCase):
    def setUp(self):
        environment = unittest.mock.patch.dict(os.environ, {"no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1"})
        environment.start()
        self.addCleanup(environment.stop)
        self.pages = pages = {}
        self.seen = seen = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                seen.append(self.path)
                status, body = pages.get(self.path, (404, "nothing here"))
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", body)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *arguments):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.base = f"http://127.0.0.1:{server.server_port}"

    def audit(self, html, path="/docs/index.html"):
        self.pages[path] = 200, html
        return task_func(self.base + path)

    def test_statuses_are_reported_in_order(self):
        """Each link has the status of its answer, in the order of the page."""
        self.pages["/z.html"] = 200, "fine"
        self.pages["/gone"] = 410, "gone"
        self.pages["/broken"] = 500, "broken"
        result = self.audit(
            '<a href="/z.html">z</a> <p><a href="/gone">g</a> <a href="/broken">b</a> <a href="/no">n</a>'
        )
        self.assertEqual(
            list(result.items()),
            [
                (f"{self.base}/z.html", 200),
                (f"{self.base}/gone", 410),
                (f"{self.base}/broken", 500),
                (f"{self.base}/no", 404),
            ],
        )

    def test_links_are_resolved_against_the_page(self):
        """Relative, parent, host-relative and absolute links all become absolute; whitespace is removed."""
        for path in ("/docs/a.html", "/b.html", "/c.html", "/d.html?x=1&y=2"):
            self.pages[path] = 200, "fine"
        result = self.audit(
            f'<a href=" a.html\n">a</a><a href="../b.html">b</a><a href="/c.html">c</a>'
            f'<a class="x" href="{self.base}/d.html?x=1&amp;y=2">d</a>'
        )
        self.assertEqual(
            result,
            {
                f"{self.base}/docs/a.html": 200,
                f"{self.base}/b.html": 200,
                f"{self.base}/c.html": 200,
                f"{self.base}/d.html?x=1&y=2": 200,
            },
        )

    def test_each_link_is_requested_once(self):
        """Links that differ in their fragment only are one link."""
        self.pages["/a"] = 200, "fine"
        result = self.audit('<a href="/a#one">1</a><a href="/a#two">2</a><a href="/a">3</a>')
        self.assertEqual(result, {f"{self.base}/a": 200})
        self.assertEqual(self.seen, ["/docs/index.html", "/a"])

    def test_what_is_no_link_is_left_out(self):
        """Other schemes, other elements, the page itself and anchors without href are not reported."""
        result = self.audit(
            '<link href="/style.css"><img src="/i.png"><a name="top">t</a><a href="mailto:a@example.org">m</a>'
            '<a href="javascript:void(0)">j</a><a href="#top">s</a><a href="index.html">s</a>'
            "<!-- <a href='/hidden'>h</a> -->"
        )
        self.assertEqual(result, {})
        self.assertEqual(self.seen, ["/docs/index.html"])

    def test_redirects_are_followed(self):
        """The status is that of the page where the redirects end, under the link as it stands on the page."""
        self.pages["/old"] = 301, "/newer"
        self.pages["/newer"] = 302, "/new"
        self.pages["/new"] = 200, "fine"
        self.pages["/lost"] = 302, "/nowhere"
        result = self.audit('<a href="/old">o</a><a href="/lost">l</a>')
        self.assertEqual(result, {f"{self.base}/old": 200, f"{self.base}/lost": 404})

    def test_no_connection_is_none(self):
        """A link to a port where nobody listens is reported as None, and the rest is still checked."""
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            dead = f"127.0.0.1:{closed.getsockname()[1]}/x"
            self.pages["/a"] = 200, "fine"
            result = self.audit(f'<a href="http://{dead}">d</a><a href="/a">a</a><a href="https://{dead}">d</a>')
        self.assertEqual(result, {f"http://{dead}": None, f"{self.base}/a": 200, f"https://{dead}": None})

    def test_the_page_itself_must_answer(self):
        """A page that is missing, and a host that does not answer, raise URLError."""
        with self.assertRaises(URLError):
            task_func(f"{self.base}/missing.html")
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            with self.assertRaises(URLError):
                task_func(f"http://127.0.0.1:{closed.getsockname()[1]}/")
