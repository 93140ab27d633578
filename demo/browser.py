"""A browser without eyes: cookies, links and forms over HTTP, on the standard library. Knows nothing of the gallery."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener

TIMEOUT = 30


@dataclass
class Link:
    """A link, what is written in it, and the picture in it."""

    href: str
    text: str = ""
    image: str = ""


@dataclass
class Form:
    """A form: where it goes, and what it would send as it is."""

    action: str
    enctype: str
    fields: dict[str, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class FileToSend:
    name: str
    content_type: str
    content: bytes


class Page(HTMLParser):
    """The links and the POST forms of a page, and its whole text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[Link] = []
        self.forms: list[Form] = []
        self.stylesheets: list[str] = []
        self.text = ""
        self._link: Link | None = None
        self._form: Form | None = None
        self.feed(html)
        self.close()

    def link(self, text: str) -> Link | None:
        """The first link in which this is written."""
        return next((link for link in self.links if text in link.text), None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        handle = getattr(self, f"_start_{tag}", None)
        if handle is not None:
            handle(values)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._link = None
        elif tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._link is not None:
            self._link.text += data

    def _start_a(self, values: Mapping[str, str]) -> None:
        self._link = Link(values.get("href", ""))
        self.links.append(self._link)

    def _start_img(self, values: Mapping[str, str]) -> None:
        if self._link is not None:
            self._link.image = values.get("src", "")

    def _start_link(self, values: Mapping[str, str]) -> None:
        if values.get("rel") == "stylesheet":
            self.stylesheets.append(values.get("href", ""))

    def _start_form(self, values: Mapping[str, str]) -> None:
        if values.get("method", "").lower() == "post":
            self._form = Form(values.get("action", ""), values.get("enctype", ""))
            self.forms.append(self._form)

    def _start_input(self, values: Mapping[str, str]) -> None:
        if self._form is None or not values.get("name"):
            return
        if values.get("type") == "file":
            self._form.files.add(values["name"])
        else:
            self._form.fields[values["name"]] = values.get("value", "")


@dataclass(frozen=True)
class Answer:
    """What the server said, after redirects."""

    status: int
    url: str
    body: bytes

    @property
    def page(self) -> Page:
        return Page(self.body.decode())


class Browser:
    """Keeps cookies, follows redirects, and asks no proxy for this very machine."""

    def __init__(self) -> None:
        self._opener = build_opener(ProxyHandler({}), HTTPCookieProcessor())

    def open(self, url: str) -> Answer:
        return self._ask(Request(url))

    def submit(self, page: Answer, form: Form, values: Mapping[str, str], files: Mapping[str, FileToSend]) -> Answer:
        """Send a form of a page, with these values in place of its own."""
        fields = {**form.fields, **values}
        content_type, body = multipart(fields, files) if "multipart" in form.enctype else urlencoded(fields)
        return self._ask(Request(urljoin(page.url, form.action), body, {"Content-Type": content_type}))

    def _ask(self, request: Request) -> Answer:
        try:
            response = self._opener.open(request, timeout=TIMEOUT)
        except HTTPError as error:
            response = error
        with response:
            return Answer(response.status, response.url, response.read())


def urlencoded(fields: Mapping[str, str]) -> tuple[str, bytes]:
    return "application/x-www-form-urlencoded", urlencode(fields).encode()


def multipart(fields: Mapping[str, str], files: Mapping[str, FileToSend]) -> tuple[str, bytes]:
    """The content type and the body of RFC 7578."""
    boundary = secrets.token_hex(16)
    parts = [part(f'name="{name}"', value.encode()) for name, value in fields.items()]
    parts += [
        part(f'name="{name}"; filename="{file.name}"', file.content, f"\r\nContent-Type: {file.content_type}")
        for name, file in files.items()
    ]
    body = b"".join(b"--%s\r\n%s\r\n" % (boundary.encode(), one) for one in parts)
    return f"multipart/form-data; boundary={boundary}", body + b"--%s--\r\n" % boundary.encode()


def part(described: str, content: bytes, more: str = "") -> bytes:
    return f"Content-Disposition: form-data; {described}{more}\r\n\r\n".encode() + content
