"""A member of the brand at her browser: cookies, redirects, and the brand's pages filled in as she is asked to."""

from __future__ import annotations

import os
import time
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests


class Form(HTMLParser):
    """The first of a page's forms that she knows, with the fields it came with."""

    KNOWN = ("phone-form", "code-form", "consent-form")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.id, self.action, self.fields = None, "", {}
        self.inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and given.get("id") in self.KNOWN:
            self.inside, self.id, self.action = True, given["id"], given["action"] or ""
        elif tag == "input" and self.inside and given.get("type") != "checkbox":
            self.fields[given["name"]] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "form"


class Member:
    def __init__(self, number: str) -> None:
        self.number = number
        self.http = requests.Session()
        self.messages = 0

    def through(self, url: str) -> str:
        """From an address to the application's, through whatever the brand asks. Answers where she ends."""
        url, page = self.open(url)
        while (form := Form(page)).id:
            answers = {
                "phone-form": lambda: {"phone": self.number},
                "code-form": lambda: {"code": self.code()},
                "consent-form": lambda: {"decision": "allow"},
            }[form.id]()
            url, page = self.open(urljoin(url, form.action), {**form.fields, **answers})
        return url

    def open(self, url: str, form: dict[str, str] | None = None) -> tuple[str, str]:
        """One address, and where it redirects to. Nobody listens at `*.example` (RFC 6761 s6.5): there she stops."""
        for _ in range(12):
            if (urlsplit(url).hostname or "").endswith(".example"):
                return url, ""
            answer = self.http.request("POST" if form else "GET", url, data=form, allow_redirects=False, timeout=10)
            if "location" not in answer.headers:
                return url, answer.text
            url, form = urljoin(url, answer.headers["location"]), None
        raise AssertionError(f"redirected without end, at last to {url}")

    def code(self) -> str:
        """The newest code on her phone."""
        for _ in range(100):
            messages = requests.get(os.environ["SYMBOLON_PHONES"], {"to": self.number}, timeout=10).json()
            if len(messages) > self.messages:
                self.messages = len(messages)
                return messages[0]["code"]
            time.sleep(0.05)
        raise AssertionError(f"no message for {self.number}")
