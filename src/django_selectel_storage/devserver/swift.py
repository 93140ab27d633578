"""Swift's four servers and its daemons in this one process. To be imported after `surroundings.prepare`."""

from __future__ import annotations

import array
from typing import TYPE_CHECKING, Any

import eventlet
import eventlet.greenio
import eventlet.wsgi
from swift.account.server import AccountController
from swift.common import constraints, utils
from swift.common.http_protocol import SwiftHttpProtocol
from swift.common.internal_client import InternalClient
from swift.common.ring import RingData
from swift.common.wsgi import loadapp, make_pre_authed_request
from swift.container.server import ContainerController
from swift.container.updater import ContainerUpdater
from swift.obj import diskfile, mem_server
from swift.obj import server as object_server
from swift.obj.expirer import ObjectExpirer

from .cache import CACHE
from .config import internal_client_conf, proxy_conf, storage_conf
from .listening import listen

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from .folder import Folder
    from .options import Options

# One device, one copy, 16 partitions.
PARTITIONS = 16
PARTITION_SHIFT = 28
CONNECTIONS = 1024


def start_servers(options: Options, folder: Folder, listener: socket.socket) -> Any:
    """Start all four; the proxy's application, with everything that was asked for already in it."""
    applications = storage_applications(folder)
    listeners = {name: listen("127.0.0.1", 0) for name in applications}
    for name, own_listener in listeners.items():
        save_ring(folder, name, own_listener.getsockname()[1])
        serve(own_listener, applications[name])
    proxy = load_proxy(options, folder)
    serve(listener, proxy)
    return proxy


def storage_applications(folder: Folder) -> dict[str, Any]:
    """The servers that keep accounts, containers and objects."""
    conf = storage_conf(folder)
    return {"account": AccountController(conf), "container": ContainerController(conf), "object": objects(folder, conf)}


def objects(folder: Folder, conf: Mapping[str, str]) -> Any:
    """The object server, on disk or in memory."""
    if not folder.objects_in_memory:
        return object_server.ObjectController(conf)
    application = mem_server.ObjectController(conf)
    # Missing in Swift: without it, DELETE of an object that has X-Delete-At is answered 500.
    application._diskfile_router = diskfile.DiskFileRouter(conf, application.logger)  # noqa: SLF001
    return application


def save_ring(folder: Folder, name: str, port: int) -> None:
    """Tell the proxy where a server is."""
    device = {"id": 0, "region": 1, "zone": 1, "weight": 1.0, "device": "d1", "ip": "127.0.0.1", "port": port}
    ring = RingData([array.array("H", [0] * PARTITIONS)], [device], PARTITION_SHIFT)
    ring.save(str(folder.etc / f"{name}.ring.gz"))


def load_proxy(options: Options, folder: Folder) -> Any:
    """The proxy with its pipeline."""
    path = folder.etc / "proxy-server.conf"
    path.write_text(proxy_conf(options))
    return loadapp(str(path), global_conf={"swift_dir": str(folder.etc), "log_name": "proxy"})


def serve(listener: socket.socket, application: Any) -> None:
    """Answer requests in the background."""
    eventlet.spawn_n(
        eventlet.wsgi.server,
        eventlet.greenio.GreenSocket(listener),
        application,
        utils.NullLogger(),
        protocol=SwiftHttpProtocol,
        custom_pool=eventlet.GreenPool(CONNECTIONS),
        socket_timeout=60,
        capitalize_response_headers=False,
        url_length_limit=constraints.MAX_REQUEST_LINE,
    )


def furnish(proxy: Any, options: Options) -> None:
    """Set the account's TempURL key and create the containers that were asked for."""
    account = f"/v1/AUTH_{options.account}"
    send(proxy, "POST", account, {"X-Account-Meta-Temp-URL-Key": options.temp_url_key})
    for name in options.containers:
        send(proxy, "PUT", f"{account}/{name}", {})
    for name in options.public_containers:
        send(proxy, "PUT", f"{account}/{name}", {"X-Container-Read": ".r:*"})


def send(proxy: Any, method: str, path: str, headers: Mapping[str, str]) -> None:
    """One request of our own, past authentication."""
    request = make_pre_authed_request({}, method, utils.quote(path), headers=dict(headers), swift_source="DEV")
    # Without it, only an owner's request may say who reads a container.
    request.environ["swift_owner"] = True
    response = request.get_response(proxy)
    if not response.is_success:
        raise RuntimeError(f"{method} {path} answered {response.status}")


def run_updater(folder: Folder) -> dict[str, int]:
    """Bring the account's statistics up to date; what the proxy remembers of them is old then."""
    updater = ContainerUpdater(dict(storage_conf(folder), interval="1"))
    for path in updater.get_paths():
        updater.container_sweep(path)
    CACHE.forget_facts()
    return {"updated": updater.successes, "failed": updater.failures}


def run_expirer(folder: Folder) -> dict[str, int]:
    """Remove the objects whose time has come."""
    path = folder.etc / "internal-client.conf"
    path.write_text(internal_client_conf(folder.etc))
    client = InternalClient(str(path), "devserver-expirer", 1, global_conf={"log_name": "internal-client"})
    conf = dict(storage_conf(folder), dequeue_from_legacy="true", tasks_per_second="0")
    expirer = ObjectExpirer(conf, swift=client)
    # The expirer finds its work by the statistics of an account of its own.
    run_updater(folder)
    expirer.run_once()
    return {"expired": expirer.report_objects}
