"""A hub on this machine that speaks what the hub's own client asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Self

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

__all__ = ["REPO", "SHA", "Hub"]

SHA = "0123456789abcdef0123456789abcdef01234567"
REPO = "owner/name"


@dataclass
class Hub:
    """A hub with one dataset; what it is asked is written down."""

    server: HTTPServer
    files: dict[str, bytes] = field(default_factory=dict)
    token: str = ""
    gated: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def on(cls, server: HTTPServer) -> Self:
        """A hub that answers everything that the server is asked."""
        hub = cls(server)
        server.expect_request(re.compile(".*")).respond_with_handler(hub.answer)
        return hub

    @property
    def endpoint(self) -> str:
        """The hub's address."""
        return self.server.url_for("").rstrip("/")

    def answer(self, request: Request) -> Response:
        """Answer as the real one: dataset information, then HEAD and GET of each file."""
        self.asked.append((request.method, request.path))
        given = request.headers.get("Authorization", "")
        if request.path.startswith("/blobs/"):  # a storage on another host, which must not see the token
            blob = self.files[request.path.removeprefix(f"/blobs/{REPO}/")]
            return Response("", 400) if given else Response(blob)
        if given not in {"", f"Bearer {self.token}"}:
            headers = {"X-Error-Message": "Invalid credentials in Authorization header"}
            return Response("{}", 401, headers)
        if REPO not in request.path or (self.token and not given):
            return Response("{}", 401, {"X-Error-Code": "RepoNotFound"})
        if self.gated:
            return Response("{}", 403, {"X-Error-Code": "GatedRepo"})
        if request.path == f"/api/datasets/{REPO}":
            siblings = ", ".join(f'{{"rfilename": "{name}"}}' for name in ["README.md", *self.files])
            text = f'{{"id": "{REPO}", "sha": "{SHA}", "siblings": [{siblings}]}}'
            return Response(text, content_type="application/json")
        return self._file(request)

    def _file(self, request: Request) -> Response:
        name = request.path.partition(f"/resolve/{SHA}/")[2]
        if name not in self.files:
            return Response("", 404, {"X-Error-Code": "EntryNotFound"})
        headers = {
            "X-Repo-Commit": SHA,
            "X-Linked-Etag": f'"{name.replace("/", "-")}"',
            "X-Linked-Size": str(len(self.files[name])),
            "Location": f"http://127.0.0.1:{self.server.port}/blobs/{REPO}/{name}",
        }
        return Response("", 302, headers)
