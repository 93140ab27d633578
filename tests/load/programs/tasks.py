"""A celery application with a task that stores and reads a file. Its storage is used before the workers are forked."""

from __future__ import annotations

import os

import celery
import django
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

django.setup(set_prefix=False)
folder = os.environ["CELERY_FOLDER"]
app = celery.Celery("tests.load.programs.tasks", broker="filesystem://", backend=f"file://{folder}/results")
app.conf.update(
    broker_transport_options={
        "data_folder_in": f"{folder}/queue",
        "data_folder_out": f"{folder}/queue",
        "control_folder": f"{folder}/control",
    },
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
)
default_storage.exists("used before the fork")


@app.task  # type: ignore[untyped-decorator]
def round_trip(name: str) -> tuple[int, bool]:
    """Save a file, read it, remove it; give the process and whether the bytes were the same."""
    content = os.urandom(1000)
    saved = default_storage.save(name, ContentFile(content))
    with default_storage.open(saved) as file:
        same = file.read() == content
    default_storage.delete(saved)
    return os.getpid(), same
