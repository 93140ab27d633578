"""The pages for those who come from elsewhere: complete tables, settings that find what was stored before."""

from __future__ import annotations

import os
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from storages.backends.s3 import S3Storage

from django_selectel_storage.options import ALIASES, StorageOptions
from django_selectel_storage.storage import SelectelStorage
from tests.conftest import CONTAINER
from tests.documents import peers
from tests.documents.pages import block, blocks, rows, words_in
from tests.servers.stack import Stack

OPTIONS = {option.name for option in fields(StorageOptions)} | ALIASES.keys()
UPGRADE, STORAGES, SWIFT = "docs/upgrade.md", "docs/from-django-storages.md", "docs/from-django-storage-swift.md"
FIRST, ALL = "1. First: your URLs", "All of them"
CAT = "photos/cat.jpg"
CONTENT = b"\x89 a cat"
KEYS = {"access_key": "key", "secret_key": "secret"}
AT_SELECTEL = {**KEYS, "container": "media"}
SAVE = """
from django.core.files.base import ContentFile
from {module} import {name}
storage = {name}(**{options!r})
{prepare}
answer = {{"saved": storage.save("photos/cat.jpg", ContentFile({content!r})), "url": storage.url("photos/cat.jpg")}}
"""
# 1.0.2 takes no other login server than Selectel's, and no other answer than its 204.
LOGIN_OF_1_0_2 = """
def log_in(auth):
    answer = auth.requests.get({auth_url!r}, headers={{"X-Auth-User": auth.user, "X-Auth-Key": auth.key}})
    auth.storage_url = answer.headers["X-Storage-Url"]
    auth.update_expires(3600)
    auth.update_auth_token(answer.headers["X-Auth-Token"])
type(storage.container.auth).authenticate = log_in
"""


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The secrets that the pages take out of the environment."""
    for page in (UPGRADE, STORAGES, SWIFT):
        for found in re.findall(r'os\.environ\["(\w+)"\]', "".join(entry.text for entry in blocks(page))):
            monkeypatch.setenv(found, "secret")


def settings(page: str, heading: str) -> dict[str, Any]:
    """The settings of a block of a page."""
    found: dict[str, Any] = {"os": os}
    exec(block(page, heading), found)
    return {name: value for name, value in found.items() if name.isupper()}


def urls(page: str) -> dict[str, list[str]]:
    """The first table of a page: what each kind of URL looks like."""
    return {cells[0]: ["".join(words_in(cell)) for cell in cells[1:]] for cells in rows(page, FIRST)}


def shown(url: str) -> str:
    """A URL as the pages show it: without what is different each time."""
    return re.sub(r"\?(X-Amz-|temp_url_sig=).*", r"?\1…", url)


def left(page: str, heading: str = ALL) -> list[str]:
    """All that the left column of a table names."""
    return sorted(word for cells in rows(page, heading) for word in words_in(cells[0]))


def saved_by(program: str, site: dict[str, Any], package: Path | None = None) -> str:
    """Have another package save the cat; gives its URL."""
    answer = peers.answers(program, {**site, "SECRET_KEY": "-"}, package)
    assert answer["saved"] == CAT
    return str(answer["url"])


# --- tables ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("page", "heading"), [(UPGRADE, "Settings"), (STORAGES, ALL), (SWIFT, ALL)])
def test_each_setting_has_an_answer_and_each_option_that_is_named_exists(page: str, heading: str) -> None:
    table = rows(page, heading)
    named = {word for cells in table for word in words_in(cells[1]) if re.fullmatch(r"[a-z_]+", word)}

    assert [cells[0] for cells in table if not cells[1]] == []
    assert named - {"object_storage_url"} <= OPTIONS


def test_the_table_for_django_storages_has_all_its_settings() -> None:
    known = S3Storage(bucket_name="media").get_default_settings()

    assert left(STORAGES) == sorted(known)


def test_the_table_for_django_storage_swift_has_all_its_settings(fetched: Path) -> None:
    package = peers.unpacked("django-storage-swift==1.4.0", fetched)
    source = (package / "swift/storage.py").read_text(encoding="utf-8")

    assert left(SWIFT) == sorted(set(re.findall(r"setting\(\s*'(SWIFT_\w+)'", source)))


def test_the_table_for_1_0_2_has_all_its_settings(fetched: Path) -> None:
    package = peers.unpacked("django-selectel-storage==1.0.2", fetched)
    folder = package / "django_selectel_storage"
    source = "".join((folder / f"{name}.py").read_text(encoding="utf-8") for name in ("utils", "selectel", "storage"))
    known = set(re.findall(r"(?:config\[|config\.get\(\s*|^        )'([A-Z_]+)'", source, re.MULTILINE))
    nested = set(re.findall(r"^            '([A-Z_]+)': extract", source, re.MULTILINE))
    of_dsns = set(re.findall(r"key='(\w+)'", source))

    named = set(left(UPGRADE, "Settings"))
    assert {*known, *nested} - {"OPTIONS"} <= named
    assert {name for name in of_dsns if name.upper() not in named} <= named


# --- addresses ------------------------------------------------------------------------------------------------------


def test_the_urls_of_1_0_2_and_after_it_are_those_of_the_page(stack: Stack) -> None:
    old, kept, over_s3, public = (entry[0] for entry in urls(UPGRADE).values())
    domain = settings(UPGRADE, "3. Move to S3")["SELECTEL_STORAGES"]["default"]["CUSTOM_DOMAIN"]

    assert (
        over_swift(stack).url(CAT).replace(stack.server.info.storage_url, "https://api.selcdn.ru/v1/SEL_12345") == kept
    )
    assert old == kept
    assert shown(SelectelStorage(**AT_SELECTEL).url(CAT)) == over_s3
    assert SelectelStorage(**AT_SELECTEL, custom_domain=domain).url(CAT) == public


def over_swift(stack: Stack, **options: Any) -> SelectelStorage:
    server = stack.server.info
    login = {"username": server.username, "password": server.password, "auth_url": server.auth_url}
    return SelectelStorage(**login, container=CONTAINER, **options)


def test_the_urls_beside_django_storages_are_those_of_the_page() -> None:
    theirs = {**KEYS, "bucket_name": "media", "endpoint_url": "https://s3.ru-1.storage.selcloud.ru"}
    theirs |= {"region_name": "ru-1", "signature_version": "s3v4", "addressing_style": "path"}
    further: list[dict[str, Any]] = [{}, {"custom_domain": "cdn.example.com"}, {"querystring_auth": False}]

    for written, options in zip(urls(STORAGES).values(), further, strict=True):
        assert [shown(S3Storage(**theirs, **options).url(CAT))] == written[:1]
        assert [shown(SelectelStorage(**AT_SELECTEL, **options).url(CAT))] == written[1:]


def test_the_urls_after_django_storage_swift_are_those_of_the_page(stack: Stack) -> None:
    (_, public), (_, signed), (_, over_s3), (_, lasting) = urls(SWIFT).values()
    host, written = stack.server.info.storage_url, "https://swift.example.com/v1/AUTH_test"
    s3 = {**AT_SELECTEL, "endpoint": "https://s3.example.com"}

    assert over_swift(stack).url(CAT).replace(host, written) == public
    assert shown(over_swift(stack, temp_url_key="key").url(CAT)).replace(host, written) == signed
    assert shown(SelectelStorage(**s3).url(CAT)) == over_s3
    assert SelectelStorage(**s3, custom_domain="cdn.example.com").url(CAT) == lasting


# --- moves ----------------------------------------------------------------------------------------------------------


def test_what_1_0_2_stored_is_found_with_its_settings_and_over_s3(stack: Stack, location: str, fetched: Path) -> None:
    server = stack.server.info
    given = settings(UPGRADE, "2. Upgrade the package")["SELECTEL_STORAGES"]["default"]
    given |= {"USERNAME": server.username, "PASSWORD": server.password, "CONTAINER": server.containers[0]}
    program = SAVE.format(
        module="django_selectel_storage.storage",
        name="SelectelStorage",
        options={},
        prepare=LOGIN_OF_1_0_2.format(auth_url=server.auth_url),
        content=CONTENT,
    ).replace(CAT, f"{location}/cat.jpg")
    package = peers.unpacked("django-selectel-storage==1.0.2", fetched)

    answer = peers.answers(program, {"SELECTEL_STORAGES": {"default": given}, "SECRET_KEY": "-"}, package)

    upgraded = SelectelStorage(**given, auth_url=server.auth_url)
    moved = {**settings(UPGRADE, "3. Move to S3")["SELECTEL_STORAGES"]["default"], "CONTAINER": given["CONTAINER"]}
    moved |= {"ACCESS_KEY": server.access_key, "SECRET_KEY": server.secret_key, "ENDPOINT": server.endpoint}
    assert upgraded.url(answer["saved"]) == answer["url"]
    for storage in (upgraded, SelectelStorage(**moved, region=server.region)):
        assert storage.open(answer["saved"]).read() == CONTENT


def test_what_django_storages_stored_is_found_with_the_new_settings(stack: Stack, location: str) -> None:
    server = stack.server.info
    keys = {"access_key": server.access_key, "secret_key": server.secret_key, "bucket_name": CONTAINER}
    before = settings(STORAGES, "Before")["STORAGES"]["default"]
    after = settings(STORAGES, "After")["STORAGES"]["default"]
    module, _, name = before["BACKEND"].rpartition(".")
    theirs = {**before["OPTIONS"], **keys, "location": f"{location}/uploads", "endpoint_url": server.endpoint}
    program = SAVE.format(module=module, name=name, options=theirs, prepare="", content=CONTENT)

    url = saved_by(program, {})

    ours = {**after["OPTIONS"], **keys, "location": f"{location}/uploads", "endpoint": server.endpoint}
    storage = SelectelStorage(**ours)
    assert (
        before["OPTIONS"].keys() - {"endpoint_url", "region_name", "file_overwrite", "object_parameters"} <= ours.keys()
    )
    assert storage.open(CAT).read() == CONTENT
    assert storage.stat(CAT).headers == {"cache-control": "max-age=86400"}
    assert storage.url(CAT).partition("?")[0] == url.partition("?")[0]


def test_what_django_storage_swift_stored_is_found_with_the_new_settings(
    stack: Stack, location: str, fetched: Path
) -> None:
    server = stack.server.info
    before, after = settings(SWIFT, "Before"), settings(SWIFT, "After")["STORAGES"]["default"]
    module, _, name = before.pop("STORAGES")["default"]["BACKEND"].rpartition(".")
    before |= {"SWIFT_AUTH_URL": server.auth_url, "SWIFT_USERNAME": server.username, "SWIFT_KEY": server.password}
    before |= {"SWIFT_TEMP_URL_KEY": server.temp_url_key, "SWIFT_NAME_PREFIX": f"{location}/uploads/"}
    program = SAVE.format(module=module, name=name, options={}, prepare="", content=CONTENT)

    url = saved_by(program, before, peers.unpacked("django-storage-swift==1.4.0", fetched))

    ours = {**after["OPTIONS"], "auth_url": server.auth_url, "username": server.username, "password": server.password}
    ours |= {"temp_url_key": server.temp_url_key, "location": f"{location}/uploads"}
    storage = SelectelStorage(**ours)
    assert storage.open(CAT).read() == CONTENT
    assert storage.url(CAT).partition("?")[0] == url.partition("?")[0]
    for signed in (shown(url), shown(storage.url(CAT))):
        assert signed.endswith(urls(SWIFT)["with `temp_url_key`"][0].rpartition("?")[2])
