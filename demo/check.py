"""Walks through the site as a visitor does, by HTTP alone, and looks into the storage by signed URLs only."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from io import BytesIO
from urllib.parse import urljoin

from PIL import Image

from demo.browser import Answer, Browser, FileToSend, Form, Link

OK, NOT_FOUND, FORBIDDEN = 200, 404, 403
SIZE = (64, 48)


class CheckFailed(Exception):
    """The site or the storage did something else than it should; the message says what."""


def steps(site: str) -> Iterator[str]:
    """Go through the site; one line for each step that went well.

    Raises:
        CheckFailed: a step went wrong.
    """
    browser = Browser()
    title = f"Check {secrets.token_hex(4)}"
    picture = FileToSend("check.png", "image/png", painted())

    upload = opened(browser, urljoin(site, "upload/"))
    yield f"opened the upload page {upload.url}"
    yield styled(browser, upload)
    yield refused(browser, upload, title)
    yield forged(browser, upload, title, picture)
    uploaded(browser, upload, title, picture)
    yield f"uploaded {picture.name}, {len(picture.content)} bytes, through the form"
    link = listed(browser, site, title)
    yield f"found it in the list as {title!r}"
    yield stored(browser, link, picture)
    page = opened(browser, urljoin(site, link.href))
    yield described(page, title)
    deleted(browser, page)
    yield "deleted it through the form"
    yield unlisted(browser, site, title)
    yield vanished(browser, link)


def painted() -> bytes:
    """A small picture that no other check has."""
    buffer = BytesIO()
    Image.frombytes("RGB", SIZE, secrets.token_bytes(SIZE[0] * SIZE[1] * 3)).save(buffer, "PNG")
    return buffer.getvalue()


def opened(browser: Browser, url: str) -> Answer:
    answer = browser.open(url)
    demand(answer.status == OK, f"{url} answered {answer.status}")
    return answer


def styled(browser: Browser, page: Answer) -> str:
    urls = [urljoin(page.url, href) for href in page.page.stylesheets]
    demand(bool(urls), f"{page.url} has no style sheet")
    for url in urls:
        demand(len(opened(browser, url).body) > 0, f"{url} is empty")
    return "loaded its style sheet"


def refused(browser: Browser, page: Answer, title: str) -> str:
    text = FileToSend("check.png", "image/png", b"not a picture")
    answer = sent(browser, page, {"title": title}, text)
    demand("Upload a valid image" in answer.page.text, "a file that is no picture was not refused")
    return "saw a file refused that is no picture"


def forged(browser: Browser, page: Answer, title: str, picture: FileToSend) -> str:
    answer = sent(browser, page, {"title": title, "csrfmiddlewaretoken": ""}, picture)
    demand(answer.status == FORBIDDEN, f"an upload without a CSRF token was answered {answer.status}")
    return "saw an upload refused that has no CSRF token"


def uploaded(browser: Browser, page: Answer, title: str, picture: FileToSend) -> None:
    answer = sent(browser, page, {"title": title}, picture)
    demand(answer.status == OK, f"the upload was answered {answer.status}")
    demand(answer.url != page.url, f"the upload was not taken: {words(answer)}")


def listed(browser: Browser, site: str, title: str) -> Link:
    link = opened(browser, site).page.link(title)
    if link is None or not link.image:
        raise CheckFailed(f"the list does not show {title!r}")
    return link


def stored(browser: Browser, link: Link, picture: FileToSend) -> str:
    demand(signed(link.image), f"the list shows the picture by an address that is not signed: {link.image}")
    answer = browser.open(link.image)
    demand(answer.status == OK, f"the storage answered {answer.status} to the signed URL {link.image}")
    demand(answer.body == picture.content, "the storage gave other bytes than were uploaded")
    unsigned = browser.open(link.image.partition("?")[0]).status
    demand(unsigned != OK, "the storage gives the picture also without a signature")
    return f"fetched the same bytes from the storage by the signed URL (without the signature: {unsigned})"


def described(page: Answer, title: str) -> str:
    dimensions = f"{SIZE[0]} x {SIZE[1]}"
    text = page.page.text.replace("\N{MULTIPLICATION SIGN}", "x")
    demand(title in text and dimensions in text, f"{page.url} does not tell the title and {dimensions}")
    return f"opened its page {page.url}: {dimensions} pixels"


def deleted(browser: Browser, page: Answer) -> None:
    link = page.page.link("Delete")
    if link is None:
        raise CheckFailed(f"{page.url} has no link to delete the picture")
    question = opened(browser, urljoin(page.url, link.href))
    answer = browser.submit(question, only_form(question), {}, {})
    demand(answer.status == OK, f"deleting was answered {answer.status}")


def unlisted(browser: Browser, site: str, title: str) -> str:
    demand(title not in opened(browser, site).page.text, f"the list still shows {title!r}")
    return "saw that it is gone from the list"


def vanished(browser: Browser, link: Link) -> str:
    status = browser.open(link.image).status
    demand(status == NOT_FOUND, f"the storage answered {status} to the signed URL of the deleted picture")
    return f"saw that it is gone from the storage: the signed URL answers {status}"


def sent(browser: Browser, page: Answer, values: dict[str, str], file: FileToSend) -> Answer:
    form = only_form(page)
    return browser.submit(page, form, values, dict.fromkeys(form.files, file))


def only_form(page: Answer) -> Form:
    forms = page.page.forms
    demand(len(forms) == 1, f"{page.url} has {len(forms)} forms, not one")
    return forms[0]


def signed(url: str) -> bool:
    return "X-Amz-Signature=" in url or "temp_url_sig=" in url


def words(answer: Answer) -> str:
    return " ".join(answer.page.text.split())


def demand(condition: bool, otherwise: str) -> None:
    if not condition:
        raise CheckFailed(otherwise)
