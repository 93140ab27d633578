"""nginx with WebDAV, in the place of an object store: too fast to matter, so that what a client itself costs shows.

It stores and gives back bytes, and answers listings, logins and large uploads with what was written down beforehand; it
checks no signature and no token. Lua says 200 where S3 does, and WebDAV says 201, and tells the MD5 of ``READY``.
Buckets ``static-…`` list what they have, as collectstatic needs it; they are Lua (``bucket.lua``).
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import listings
from benchmarks.address import ACCOUNT, BUCKET

MISSING = "make bench needs nginx with its modules for WebDAV and Lua; on Debian: apt-get install nginx-extras"
READY = "large/ready.bin"  # the object whose ETag is what was put beside it: its MD5, as S3 and Swift have it
MD5 = ".md5"
MODULES = ("ndk_http_module.so", "ngx_http_lua_module.so")

CONFIGURATION = """
{modules}
daemon off;
master_process off;
error_log stderr crit;
pid {folder}/nginx.pid;
{user}
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nodelay on;
    keepalive_timeout 600;
    keepalive_requests 1000000000;
    client_max_body_size 0;
    client_body_buffer_size 2m;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    default_type application/octet-stream;
    lua_package_path "{lua}/?.lua;;";

    map $request_method $tag_of_what_was_put {{ PUT '"d41d8cd98f00b204e9800998ecf8427e"'; default ""; }}
    map $args $listing {{
        "~continuation-token=(?<page>[a-z0-9-]+)" $page;
        "~marker=(?<of>[a-z0-9]+)(?:%2F|/)(?<last>[0-9]{{7}})" $of-after-$last;
        "~prefix=(?<folder>[a-z0-9]+)" $folder;
        default empty;
    }}

    server {{
        listen 127.0.0.1:{port} backlog=1024;
        root {folder}/objects;

        location = /{bucket} {{
            if ($request_method = HEAD) {{ return 200; }}
            default_type application/xml;
            root {folder}/s3;
            try_files /$listing /empty =404;
        }}
        location ~ ^/v1/{account}/{bucket}/?$ {{
            if ($request_method = HEAD) {{ return 204; }}
            default_type application/json;
            root {folder}/swift;
            try_files /$listing /empty =404;
        }}
        location = /info {{
            default_type application/json;
            return 200 '{{"swift": {{}}, "tempurl": {{"allowed_digests": ["sha1", "sha256"]}}}}';
        }}
        location ~ ^/login/(?<where>[0-9]+)/(?<token>[A-Za-z0-9_-]+)$ {{
            add_header X-Storage-Url http://127.0.0.1:$where/v1/{account};
            add_header X-Auth-Token $token;
            add_header X-Storage-Token $token;
            add_header X-Expire-Auth-Token 86400;
            return 204;
        }}
        location /{bucket}/ {{
            dav_methods PUT DELETE;
            create_full_put_path on;
            add_header ETag $tag_of_what_was_put;
            header_filter_by_lua_block {{ if ngx.status == 201 then ngx.status = 200 end }}
            if ($request_method = POST) {{ rewrite ^ /multipart last; }}
        }}
        location /static- {{
            content_by_lua_block {{ require("bucket").serve("{folder}/stored") }}
        }}
        location /stored/ {{
            internal;
            alias {folder}/stored/;
            etag off;
        }}
        location ~ /{ready}$ {{
            dav_methods PUT DELETE;
            create_full_put_path on;
            etag off;
            rewrite_by_lua_block {{
                local known = io.open(ngx.var.request_filename .. "{md5}")
                if known then ngx.header.ETag = '"' .. known:read("*a") .. '"' known:close() end
            }}
        }}
        location / {{
            dav_methods PUT DELETE;
            create_full_put_path on;
            add_header ETag $tag_of_what_was_put;
        }}
        location = /multipart {{
            internal;
            default_type application/xml;
            header_filter_by_lua_block {{ ngx.status = 200 }}
            return 201 '<MultipartUploadResult><Bucket>{bucket}</Bucket><Key>k</Key><UploadId>u</UploadId>
                <ETag>"d41d8cd98f00b204e9800998ecf8427e-1"</ETag></MultipartUploadResult>';
        }}
    }}
}}
"""


@contextmanager
def nginx(listed: Iterable[int]) -> Iterator[int]:
    """Run it, and give its port.

    Args:
        listed: for each number a folder ``listed{number}`` with as many files, as far as listings tell.
    """
    program = found()
    with tempfile.TemporaryDirectory(prefix="bench-nginx-", dir=memory()) as name:
        folder, port = Path(name), free_port()
        for part in ("objects", "stored", "body", "s3", "swift"):
            (folder / part).mkdir()
        listings.write(folder / "s3", folder / "swift", listed)
        (folder / "nginx.conf").write_text(
            CONFIGURATION.format(
                folder=folder,
                port=port,
                bucket=BUCKET,
                ready=READY,
                md5=MD5,
                account=ACCOUNT,
                user=_user(),
                modules=_modules(program),
                lua=Path(__file__).parent,
            ),
            "utf-8",
        )
        with subprocess.Popen([program, "-p", name, "-c", "nginx.conf", "-e", "stderr"]) as process:
            try:
                _wait_for(port, process)
                yield port
            finally:
                process.terminate()


def found() -> str:
    """The program.

    Raises:
        SystemExit: it is not installed.
    """
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if program is None:
        raise SystemExit(MISSING)
    return program


def memory() -> str | None:
    """Where files are kept in memory, if there is such a place."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _user() -> str:
    """Root's nginx would give its worker to nobody, who may not write into the folder."""
    return "user root;" if os.geteuid() == 0 else ""


def _modules(program: str) -> str:
    """What loads the modules that are not built in."""
    built = subprocess.run([program, "-V"], stderr=subprocess.PIPE, text=True, check=True).stderr
    place = re.search(r"--modules-path=(\S+)", built)
    paths = [Path(place[1]) / name for name in MODULES] if place else []
    if "http_dav_module" not in built or not paths or not all(path.exists() for path in paths):
        raise SystemExit(MISSING)
    return "\n".join(f"load_module {path};" for path in paths)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 10
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/info", timeout=5):
                return
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(0.02)
    raise SystemExit(f"nginx did not start ({process.poll()}). {MISSING}")
