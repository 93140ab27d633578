"""What a visitor sees: files that go up, progress, troubles that pass, troubles that do not."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from django_selectel_storage.devserver.hooks import LoggedRequest
from tests.browser import pictures
from tests.browser.conftest import ROOT, MakeSite, Site

MIB = 1024**2
Keep = Callable[[Page, str], Path]
Visit = Callable[..., BrowserContext]
on_s3 = pytest.mark.parametrize("face", ["s3"])

WATCH = """() => {
  window.seen = [];
  const bar = document.querySelector("progress");
  new MutationObserver(() => window.seen.push(bar.value)).observe(bar, {attributes: true});
}"""

# A pace at which 200 MiB leave time to see the bar grow, however fast the machine is.
FOUR_SECONDS = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 50 * MIB}


@pytest.fixture(scope="module")
def black(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pictures.large(tmp_path_factory.mktemp("large"))


def upload_page(page: Page, site: Site) -> Locator:
    """Open the upload page; give the file input."""
    page.goto(urljoin(site.url, "upload/"))
    return page.get_by_label("Picture")


def small_file(name: str = "small.png") -> Any:
    return {"name": name, "mimeType": "image/png", "buffer": pictures.small()}


def puts_of_the_browser(site: Site) -> list[LoggedRequest]:
    return [
        entry for entry in site.hooks.requests() if entry.method == "PUT" and "Mozilla" in entry.headers["user-agent"]
    ]


def parts_sent(site: Site) -> list[str]:
    return [entry.query for entry in site.hooks.requests() if entry.method == "PUT" and "partNumber" in entry.query]


def unfinished(site: Site) -> set[str]:
    """The uploads that were begun, and neither completed nor aborted."""
    begun, ended = set(), set()
    for entry in site.hooks.requests():
        upload = re.search(r"uploadId=([^&]+)", entry.query)
        if upload and entry.method in {"POST", "DELETE"} and entry.status in {200, 204}:
            ended.add(upload[1])
        if upload and entry.method == "PUT":
            begun.add(upload[1])
    return begun - ended


def test_a_small_file_goes_up_and_is_saved(page: Page, site: Site) -> None:
    upload_page(page, site).set_input_files(small_file())
    expect(page.get_by_role("status")).to_contain_text("small.png is uploaded.")
    page.get_by_label("Title").fill("Through the air")
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("heading", name="Through the air")).to_be_visible()
    answer = page.request.get(page.locator("article img").get_attribute("src") or "")
    assert answer.body() == pictures.small()
    (put,) = [
        entry
        for entry in site.hooks.requests()
        if entry.method == "PUT" and "mozilla" in entry.headers["user-agent"].lower()
    ]
    assert put.headers["origin"] == site.url.rstrip("/")


def test_200_mib_go_up_with_growing_progress_and_not_through_django(
    page: Page, site: Site, face: str, black: Path, picture_of_the_page: Keep
) -> None:
    page.route(
        re.compile(r"\.bmp"), lambda route: route.abort() if route.request.method == "GET" else route.continue_()
    )
    chosen = upload_page(page, site)
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", FOUR_SECONDS)
    page.evaluate(WATCH)
    before = site.memory
    chosen.set_input_files(black)
    bar = page.get_by_role("progressbar", name="Upload progress")
    expect(bar).to_be_visible()
    page.wait_for_function("document.querySelector('progress').value >= 35")
    picture_of_the_page(page, f"progress-{face}")
    expect(page.get_by_role("status")).to_contain_text("black.bmp is uploaded.")
    seen = page.evaluate("window.seen")
    assert len(set(seen)) > 10
    assert seen[0] < 20
    assert seen[-1] == 100
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("heading", name="Black")).to_be_visible()
    expect(page.get_by_text(f"{pictures.WIDTH} × {pictures.HEIGHT} pixels")).to_be_visible()
    assert site.memory - before < 64 * MIB
    assert len(set(parts_sent(site))) == (26 if face == "s3" else 0)
    assert unfinished(site) == set()


@on_s3
def test_cancelling_with_the_keyboard_drops_the_parts_too(
    page: Page, site: Site, black: Path, picture_of_the_page: Keep
) -> None:
    chosen = upload_page(page, site)
    site.hooks.fault(status=0, delay=1, count=1000, method="PUT", match="partNumber")
    chosen.set_input_files(black)
    page.wait_for_function("document.querySelector('progress').value >= 2")
    with page.expect_response(re.compile("/cancel/")) as answered:
        page.get_by_role("button", name="Cancel the upload").focus()
        page.keyboard.press("Enter")
    assert answered.value.status == 200
    expect(page.get_by_role("status")).to_contain_text("cancelled")
    expect(chosen).to_be_focused()
    expect(page.get_by_role("progressbar")).to_be_hidden()
    assert chosen.input_value() == ""
    picture_of_the_page(page, "cancelled")
    site.hooks.clear_faults()
    chosen.set_input_files(small_file())
    expect(page.get_by_role("status")).to_contain_text("small.png is uploaded.")


@on_s3
def test_a_part_that_fails_twice_is_sent_a_third_time(page: Page, site: Site, black: Path) -> None:
    chosen = upload_page(page, site)
    site.hooks.fault(status=503, count=2, method="PUT", match="partNumber=3&")
    chosen.set_input_files(black)
    expect(page.get_by_role("status")).to_contain_text("black.bmp is uploaded.")
    sent = parts_sent(site)
    assert len([query for query in sent if "partNumber=3&" in query]) == 3
    assert len(sent) == 26 + 2


def steps_of(page: Page) -> list[str]:
    """Which steps the page asks the site for; it grows as they come."""
    steps: list[str] = []
    page.on("request", lambda request: steps.extend(re.findall(r"/uploads/(\w+)/$", request.url)))
    return steps


def test_a_finish_that_comes_too_often_is_asked_again_later(page: Page, make_site: MakeSite) -> None:
    with make_site("s3", RATE_LIMIT="tests.browser.limits.first_finish_waits_a_second") as site:
        steps = steps_of(page)
        upload_page(page, site).set_input_files(small_file())
        expect(page.get_by_role("status")).to_contain_text("small.png is uploaded.")
        assert steps == ["start", "finish", "finish"]
        assert len(puts_of_the_browser(site)) == 1


def test_after_a_long_wait_the_upload_goes_on_at_its_end(page: Page, make_site: MakeSite, black: Path) -> None:
    with make_site("s3", RATE_LIMIT="tests.browser.limits.first_finish_waits_an_hour") as site:
        steps = steps_of(page)
        upload_page(page, site).set_input_files(black)
        expect(page.get_by_role("alert")).to_contain_text("Too many uploads.")
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_role("status")).to_contain_text("black.bmp is uploaded.")
        assert (steps.count("start"), steps.count("finish"), steps.count("cancel")) == (1, 2, 0)
        assert len(parts_sent(site)) == 26


@on_s3
def test_a_storage_that_does_not_answer_at_the_end_is_asked_again(page: Page, site: Site) -> None:
    steps = steps_of(page)
    chosen = upload_page(page, site)

    def break_down(route: Route) -> None:
        site.hooks.fault(status=503, count=4, method="HEAD", match="small")
        route.continue_()

    page.route(re.compile("/finish/$"), break_down, times=1)
    chosen.set_input_files(small_file())
    expect(page.get_by_role("status")).to_contain_text("small.png is uploaded.")
    assert steps == ["start", "finish", "finish"]


@on_s3
def test_parts_that_have_arrived_are_not_sent_again_after_an_outage(page: Page, site: Site, black: Path) -> None:
    chosen = upload_page(page, site)
    site.hooks.fault(status=503, count=5, method="PUT", match="partNumber=26&")
    chosen.set_input_files(black)
    expect(page.get_by_role("alert")).to_contain_text("The storage cannot be reached.")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("status")).to_contain_text("black.bmp is uploaded.")
    sent = parts_sent(site)
    assert len([query for query in sent if "partNumber=26&" in query]) == 5 + 1
    assert len([query for query in sent if "partNumber=1&" in query]) == 1


def test_a_part_that_stalls_is_sent_again(page: Page, make_site: MakeSite, black: Path) -> None:
    with make_site("s3", STALL=2) as site:
        chosen = upload_page(page, site)
        site.hooks.fault(status=0, delay=600, count=1, method="PUT", match="partNumber=2&")
        chosen.set_input_files(black)
        expect(page.get_by_role("status")).to_contain_text("black.bmp is uploaded.")
        assert len([query for query in parts_sent(site) if "partNumber=2&" in query]) == 2


@pytest.mark.parametrize("face", ["s3", "swift"])
def test_an_expired_grant_is_told(page: Page, make_site: MakeSite, face: str, picture_of_the_page: Keep) -> None:
    with make_site(face, MAX_AGE=2) as site:
        chosen = upload_page(page, site)
        site.hooks.fault(status=0, delay=4, method="PUT", match="media")
        chosen.set_input_files(small_file())
        expect(page.get_by_role("alert")).to_contain_text("The time for this upload is over.")
        picture_of_the_page(page, f"expired-{face}")


def test_without_javascript_the_form_sends_the_file(visit: Visit, site: Site) -> None:
    page = visit(java_script_enabled=False).new_page()
    upload_page(page, site).set_input_files(small_file("old-school.png"))
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("heading", name="Old school")).to_be_visible()
    assert [
        entry
        for entry in site.hooks.requests()
        if "mozilla" in entry.headers["user-agent"].lower() and entry.method == "PUT"
    ] == []


def test_the_admin_adds_and_changes(visit: Visit, site: Site, picture_of_the_page: Keep) -> None:
    page = visit().new_page()
    page.goto(urljoin(site.url, "admin/gallery/picture/add/"))
    page.get_by_label("Username").fill("demo")
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Log in").click()
    page.get_by_label("Title").fill("By the admin")
    page.get_by_label("Image").set_input_files(small_file("first.png"))
    expect(page.get_by_role("status")).to_contain_text("first.png is uploaded.")
    picture_of_the_page(page, "admin")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_role("link", name="pictures/first")).to_be_visible()
    page.locator("input[type=file]").set_input_files(small_file("second.png"))
    expect(page.locator("[data-status]")).to_contain_text("second.png is uploaded.")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_role("link", name="pictures/second")).to_be_visible()


def test_two_tabs_do_not_meet(visit: Visit, site: Site) -> None:
    context = visit()
    tabs = [context.new_page(), context.new_page()]
    chosen = [upload_page(tab, site) for tab in tabs]
    site.hooks.fault(status=0, delay=1, count=2, method="PUT", match="media")
    for one in chosen:
        one.set_input_files(small_file("twin.png"))
    for tab in tabs:
        expect(tab.get_by_role("status")).to_contain_text("twin.png is uploaded.")
        tab.get_by_role("button", name="Upload", exact=True).click()
    keys = []
    for tab in tabs:
        expect(tab.get_by_role("heading", name="Twin")).to_be_visible()
        keys.append(tab.locator("dd code").first.inner_text())
    assert len(set(keys)) == 2


@on_s3
def test_a_form_that_is_sent_too_early_waits_for_the_upload(page: Page, site: Site) -> None:
    chosen = upload_page(page, site)
    page.get_by_label("Title").fill("In a hurry")
    site.hooks.fault(status=0, delay=2, method="PUT", match="media")
    chosen.set_input_files(small_file())
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("as soon as the upload is done")
    expect(page.get_by_role("heading", name="In a hurry")).to_be_visible()


@on_s3
def test_a_removed_upload_is_forgotten(page: Page, site: Site) -> None:
    chosen = upload_page(page, site)
    chosen.set_input_files(small_file("gone.png"))
    expect(page.get_by_role("status")).to_contain_text("gone.png is uploaded.")
    with page.expect_response(re.compile("/cancel/")):
        page.get_by_role("button", name="Remove the uploaded file").click()
    expect(chosen).to_be_focused()
    page.get_by_role("button", name="Upload", exact=True).click()
    assert chosen.evaluate("input => input.validity.valueMissing")


@pytest.mark.parametrize("face", ["s3", "swift"])
def test_a_storage_that_does_not_know_the_site_is_told_from_one_that_is_away(
    page: Page, make_site: MakeSite, face: str, picture_of_the_page: Keep
) -> None:
    with make_site(face, server={"cors_origin": "https://elsewhere.example"}) as site:
        chosen = upload_page(page, site)
        chosen.set_input_files(small_file())
        expect(page.get_by_role("alert")).to_contain_text(f"selectel_cors allow {site.url.rstrip('/')}")
        picture_of_the_page(page, f"cors-{face}")
        page.route(re.compile(re.escape(site.hooks._address)), lambda route: route.abort("connectionrefused"))
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_role("alert")).to_contain_text("The storage cannot be reached.")


@on_s3
def test_a_strict_content_security_policy_is_enough(page: Page, site: Site) -> None:
    storage = f"http://{site.hooks._address}"
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
        f"connect-src 'self' {storage}"
    )
    complaints = with_policy(page, policy)
    upload_page(page, site).set_input_files(small_file())
    expect(page.get_by_role("status")).to_contain_text("small.png is uploaded.")
    assert complaints == []


@on_s3
def test_a_policy_that_forbids_the_storage_is_told(page: Page, site: Site) -> None:
    with_policy(page, "connect-src 'self'")
    upload_page(page, site).set_input_files(small_file())
    expect(page.get_by_role("alert")).to_contain_text("Content-Security-Policy")


def with_policy(page: Page, policy: str) -> list[str]:
    """Send pages with a policy; what the browser complains of."""

    def answer(route: Route) -> None:
        original = route.fetch()
        route.fulfill(response=original, headers={**original.headers, "content-security-policy": policy})

    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.route(re.compile(r"/upload/$"), answer)
    return complaints


def test_the_documented_example_in_javascript_uploads(page: Page, make_site: MakeSite) -> None:
    text = (ROOT / "docs" / "direct-uploads.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```javascript\n(.+?)```", text, re.DOTALL)
    sizes = {"PARTS_FROM": 6 * MIB, "PART_SIZE": 5 * MIB}
    with make_site("s3", FIELDS={"gallery.Picture.image": {}}, **sizes) as site:
        upload_page(page, site)
        token = page.locator("[name=csrfmiddlewaretoken]").get_attribute("value")
        for size in (5, 6 * MIB + 1):
            receipt = page.evaluate(
                f"""([token, size]) => {{ {example}
                const file = new File([new Uint8Array(size)], "a.bin", {{type: "image/x-test"}});
                return upload(file, "gallery.Picture.image", token); }}""",
                [token, size],
            )
            assert receipt.count(":") == 2
        numbers = {number for query in parts_sent(site) for number in re.findall(r"partNumber=(\d+)", query)}
        assert numbers == {"1", "2"}
