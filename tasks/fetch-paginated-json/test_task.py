import http.server
import json
import os
import threading
import unittest
import unittest.mock

import requests


class TestCases(unittest.TestCase):
    def setUp(self):
        environment = unittest.mock.patch.dict(os.environ, {"NO_PROXY": "127.0.0.1,localhost"})
        environment.start()
        self.addCleanup(environment.stop)
        self.pages = pages = {}
        self.seen = seen = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                seen.append((self.path, self.headers.get("Authorization"), self.headers.get("Accept")))
                status, body = pages.get(self.path, (404, {}))
                body = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.port = server.server_port
        self.base = f"http://127.0.0.1:{self.port}"

    def paths(self):
        return [path for path, _, _ in self.seen]

    def test_all_pages_are_collected_in_order(self):
        """Items of every page are joined; next may be absolute, relative to the host or to the page."""
        self.pages["/api/users"] = 200, {"items": [1, 2], "next": f"{self.base}/api/users?page=2"}
        self.pages["/api/users?page=2"] = 200, {"items": [{"id": 3}], "next": "/api/more/users"}
        self.pages["/api/more/users"] = 200, {"items": [], "next": "last?x=1"}
        self.pages["/api/more/last?x=1"] = 200, {"items": ["four"], "next": None}
        self.assertEqual(task_func(f"{self.base}/api/users"), [1, 2, {"id": 3}, "four"])
        self.assertEqual(self.paths(), ["/api/users", "/api/users?page=2", "/api/more/users", "/api/more/last?x=1"])

    def test_a_single_page_without_next(self):
        """A page without 'next' is the last one."""
        self.pages["/one"] = 200, {"items": []}
        self.assertEqual(task_func(f"{self.base}/one"), [])

    def test_every_request_carries_the_headers(self):
        """The token and the Accept header go with each request."""
        self.pages["/a"] = 200, {"items": [1], "next": "/b"}
        self.pages["/b"] = 200, {"items": [2]}
        task_func(f"{self.base}/a", token="s3cret")
        self.assertEqual(
            self.seen,
            [("/a", "Bearer s3cret", "application/json"), ("/b", "Bearer s3cret", "application/json")],
        )

    def test_no_token_means_no_authorization(self):
        """Without a token there is no Authorization header."""
        self.pages["/a"] = 200, {"items": [1]}
        task_func(f"{self.base}/a")
        self.assertEqual([token for _, token, _ in self.seen], [None])

    def test_the_limit_stops_early(self):
        """Once the limit is reached the rest is cut off and no further page is requested."""
        self.pages["/a"] = 200, {"items": [1, 2, 3], "next": "/b"}
        self.pages["/b"] = 200, {"items": [4, 5, 6], "next": "/c"}
        self.pages["/c"] = 200, {"items": [7]}
        self.assertEqual(task_func(f"{self.base}/a", limit=3), [1, 2, 3])
        self.assertEqual(self.paths(), ["/a"])
        self.assertEqual(task_func(f"{self.base}/a", limit=5), [1, 2, 3, 4, 5])
        self.assertEqual(self.paths(), ["/a", "/a", "/b"])
        self.assertEqual(task_func(f"{self.base}/a", limit=100), [1, 2, 3, 4, 5, 6, 7])

    def test_an_error_status_is_an_http_error(self):
        """A failing page raises HTTPError, also when it is not the first."""
        self.pages["/a"] = 200, {"items": [1], "next": "/b"}
        self.pages["/b"] = 503, {"items": [2]}
        for path in ("/a", "/gone"):
            with self.subTest(path=path), self.assertRaises(requests.HTTPError):
                task_func(self.base + path)

    def test_pages_of_another_shape_are_value_errors(self):
        """Text that is not JSON, a bare list, and 'items' that is missing or no list raise ValueError."""
        for body in (b"<html></html>", [1, 2], {"next": None}, {"items": {"a": 1}}):
            self.pages["/a"] = 200, body
            with self.subTest(body=body), self.assertRaises(ValueError):
                task_func(f"{self.base}/a")

    def test_a_circle_is_noticed(self):
        """A next page that was visited before raises ValueError and is not requested again."""
        self.pages["/a"] = 200, {"items": [1], "next": "/b"}
        self.pages["/b"] = 200, {"items": [2], "next": "/a"}
        with self.assertRaises(ValueError):
            task_func(f"{self.base}/a")
        self.assertEqual(self.paths(), ["/a", "/b"])

    def test_other_hosts_are_refused(self):
        """Another host name, port or scheme raises ValueError and gets no request."""
        for elsewhere in (
            f"http://localhost:{self.port}/b",
            "http://127.0.0.1:9/b",
            f"https://127.0.0.1:{self.port}/b",
        ):
            self.seen.clear()
            self.pages["/a"] = 200, {"items": [1], "next": elsewhere}
            with self.subTest(elsewhere=elsewhere), self.assertRaises(ValueError):
                task_func(f"{self.base}/a", token="s3cret")
            self.assertEqual(self.paths(), ["/a"])
