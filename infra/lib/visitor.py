"""A browser as small as it gets: one host, cookies, forms. Standard library only."""

from __future__ import annotations

import http.client
import html.parser
import json
import ssl
import urllib.parse
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Answer:
    """What came back."""

    status: int
    location: str
    body: str

    def json(self) -> Any:
        """The body as JSON, or nothing if it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass
class Form:
    """A form as it was served: where it goes, and every field with the value it has."""

    action: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)


class _Reader(html.parser.HTMLParser):
    def __init__(self, wanted: str) -> None:
        super().__init__()
        self.wanted = wanted
        self.found: Form | None = None
        self._inside = False
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("id") == self.wanted
            if self._inside:
                self.found = Form(given.get("action", ""))
        if not self._inside or self.found is None:
            return
        if tag == "input" and given.get("name"):
            self.found.fields.append((given["name"], given.get("value", "")))
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._select and "selected" in given:
            self.found.fields.append((self._select, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = ""


def form(page: str, name: str) -> Form | None:
    """The form with that id."""
    reader = _Reader(name)
    reader.feed(page)
    return reader.found


class Visitor:
    """Talks to one origin, reached at its own address or at another."""

    def __init__(self, origin: str, connect: str = "") -> None:
        parts = urllib.parse.urlsplit(origin)
        self.origin = origin
        self._tls = parts.scheme == "https"
        self._host = parts.netloc
        self._connect = connect or parts.netloc
        self._cookies: dict[str, str] = {}

    def ask(self, method: str, target: str, fields: list[tuple[str, str]] | None = None,
            headers: dict[str, str] | None = None) -> Answer:
        """One request. Redirects are not followed."""
        if self._tls:
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                self._connect, timeout=30, context=ssl.create_default_context())
        else:
            connection = http.client.HTTPConnection(self._connect, timeout=30)
        sent = {"Host": self._host, "Accept": "text/html, application/json", **(headers or {})}
        if self._cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        body = None
        if fields is not None:
            sent |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin}
            body = urllib.parse.urlencode(fields)
        connection.request(method, target.removeprefix(self.origin) or "/", body, sent)
        response = connection.getresponse()
        text = response.read().decode("utf-8", "replace")
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";", 1)[0].partition("=")
            if value:
                self._cookies[name] = value
            else:
                self._cookies.pop(name, None)
        connection.close()
        return Answer(response.status, response.headers.get("Location") or "", text)

    def follow(self, answer: Answer) -> Answer:
        """Follows redirects as long as they stay here."""
        for _ in range(10):
            if answer.status not in (302, 303) or not self.is_here(answer.location):
                break
            answer = self.ask("GET", answer.location)
        return answer

    def is_here(self, location: str) -> bool:
        """Whether a redirect stays on this origin."""
        return location.startswith(("/", self.origin + "/"))
