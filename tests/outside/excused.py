"""The cases of Django that fail on an object store: why, and what their failure says if it is for that reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Excuse:
    """Why a case fails.

    Attributes:
        reason: what the case wants that an object store has not; the same words stand in the documents.
        sign: what its failure says.
    """

    reason: str
    sign: str


PATH = Excuse("asks for the path of the file on the disk", "This backend doesn't support absolute paths")
ACCESSED = Excuse("a store keeps no time of the last access", "must provide a get_accessed_time() method")
FOLDER_TIMES = Excuse("asks for the times of a folder; folders are only beginnings of keys", "ObjectNotFound")
FOUND_FOLDER = Excuse("expects `exists` to find a folder; folders are only beginnings of keys", "False is not true")
BASE_LOCATION = Excuse("asks for `base_location` and for what follows from MEDIA_ROOT", "attribute 'base_location'")
BASE_URL = "expects URLs below `base_url`; these lead to the store, or to `custom_domain`"
OWN_NAME = "expects the name of the very class that it was written for"

# A case that classes inherit stands here once, under the class that it is written in.
EXCUSED = {
    "FileStorageTests.test_base_url": Excuse(BASE_URL, "ValueError not raised"),
    "FileStorageTests.test_delete_deletes_directories": Excuse("deletes a folder by its path on the disk", "absolute"),
    "FileStorageTests.test_empty_location": BASE_LOCATION,
    "FileStorageTests.test_file_get_accessed_time": Excuse(
        "compares the time of the last access with that of the file on the disk", "NotImplementedError"
    ),
    "FileStorageTests.test_file_get_accessed_time_timezone": ACCESSED,
    "FileStorageTests.test_file_get_created_time": PATH,
    "FileStorageTests.test_file_get_modified_time": PATH,
    "FileStorageTests.test_file_methods_pathlib_path": PATH,
    "FileStorageTests.test_file_path": PATH,
    "FileStorageTests.test_file_save_with_path": FOUND_FOLDER,
    "FileStorageTests.test_file_storage_preserves_filename_case": PATH,
    "FileStorageTests.test_file_url": Excuse(BASE_URL, "!= '/test_media_url/test.file'"),
    "FileStorageTests.test_makedirs_race_handling": Excuse(
        "breaks `os.makedirs`, which nothing here calls", "PermissionError not raised"
    ),
    "FileStorageTests.test_remove_race_handling": Excuse(
        "breaks `os.remove`, which nothing here calls", "PermissionError not raised"
    ),
    "FileStorageTests.test_setting_changed": BASE_LOCATION,
    "FileFieldStorageTests.test_file_object": PATH,
    "FileStoragePermissions.test_file_upload_default_permissions": PATH,
    "FileStoragePermissions.test_file_upload_directory_default_permissions": PATH,
    "FileStoragePermissions.test_file_upload_directory_permissions": PATH,
    "FileStoragePermissions.test_file_upload_permissions": PATH,
    "FileSystemStorageTests.test_deconstruction": Excuse(OWN_NAME, "!= 'django.core.files.storage.FileSystemStorage'"),
    "InMemoryStorageTests.test_deconstruction": Excuse(OWN_NAME, "!= 'django.core.files.storage.InMemoryStorage'"),
    "InMemoryStorageTests.test_setting_changed": BASE_LOCATION,
    "MemoryStorageIOTests.test_delete": Excuse(
        "expects `delete` of a folder to take everything in it away", "True is not false"
    ),
    "MemoryStorageIOTests.test_exists": FOUND_FOLDER,
    "MemoryStorageIOTests.test_file_node_cannot_have_children": Excuse(
        "expects that no key begins with the name of a file", "FileExistsError not raised by listdir"
    ),
    "MemoryStorageIOTests.test_open_dir_as_file": Excuse(
        "opens a folder; folders are only beginnings of keys", "IsADirectoryError not raised by open"
    ),
    "MemoryStorageIOTests.test_open_missing_file": Excuse(
        "expects `open` to ask the server; here the first `read` does, and raises the same",
        "FileNotFoundError not raised by open",
    ),
    "MemoryStorageIOTests.test_removing_temporary_file_after_save": Excuse(
        "expects an uploaded temporary file to be moved; it is read here, and left to its owner", "True is not false"
    ),
    "MemoryStorageIOTests.test_url": Excuse(BASE_URL, "ValueError not raised by url"),
    "MemoryStorageIOTests.test_url_with_none_filename": Excuse(BASE_URL, "!= '/test_media_url/'"),
    "MemoryStorageTimesTests.test_directory_times_changing_after_file_creation": FOLDER_TIMES,
    "MemoryStorageTimesTests.test_directory_times_changing_after_file_deletion": FOLDER_TIMES,
    "MemoryStorageTimesTests.test_file_accessed_time": ACCESSED,
    "MemoryStorageTimesTests.test_file_created_time": Excuse(
        "writes to a file that is open for reading", "not writable"
    ),
    "OverwritingStorageOSOpenFlagsWarningTests.test_os_open_flags_deprecation_warning": Excuse(
        "expects a warning about FileSystemStorage's flags for `os.open`", "RemovedInDjango60Warning not triggered"
    ),
}

# What not every supported Django has.
OF_SOME_VERSIONS = {"OverwritingStorageOSOpenFlagsWarningTests.test_os_open_flags_deprecation_warning"}
