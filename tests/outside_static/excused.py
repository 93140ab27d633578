"""The cases of Django's tests that fail, and why: the same as in the document, and what the failure looks like."""

from __future__ import annotations

from typing import NamedTuple


class Excuse(NamedTuple):
    """Why a case fails, and a part of what it says then."""

    reason: str
    sign: str


DISK = "looks for the file on the disk"
PATH = "asks for the path of the file on the disk"
LINKS = "makes links, which are refused"
FOREIGN = "is about a storage of Django's tests that stores on the disk"
SUMMARY = "expects the words of Django's summary"
ELSEWHERE = "writes the manifest to the disk by itself"

_LINK_CASES = (
    "app_files", "broken_symlink", "camelcase_filenames", "clear_broken_symlink", "filename_with_percent_sign",
    "links_created", "no_remote_link", "nonascii_filenames", "staticfiles_dirs", "staticfiles_dirs_priority",
    "staticfiles_dirs_subdir", "symlinks_and_files_replaced",
)  # fmt: skip

EXCUSED: dict[str, Excuse] = {
    "TestCollectionClear.test_dir_not_exists": Excuse("removes the folder from the disk", "FileNotFoundError"),
    "TestCollectionClear.test_handle_path_notimplemented": Excuse(FOREIGN, "PathNotImplementedStorage"),
    **{f"TestCollectionLinks.test_{case}": Excuse(LINKS, "--link makes links on a disk") for case in _LINK_CASES},
    "TestCollectionManifestStorage.test_clear_empties_manifest": Excuse(PATH, "absolute paths"),
    "TestCollectionManifestStorage.test_manifest_does_not_ignore_permission_error": Excuse(
        "breaks `open`, which reads nothing here", "PermissionError not raised"
    ),
    "TestCollectionManifestStorage.test_manifest_exists": Excuse(PATH, "absolute paths"),
    "TestCollectionNeverCopyStorage.test_skips_newer_files_in_remote_storage": Excuse(FOREIGN, "Skipping 'test.txt'"),
    "TestCollectionNonLocalStorage.test_no_files_created": Excuse(FOREIGN, "listdir"),
    "TestCollectionVerbosity.test_verbosity_1": Excuse(SUMMARY, "static files copied to"),
    "TestCollectionVerbosity.test_verbosity_2": Excuse(SUMMARY, "static files copied to"),
    "TestConfiguration.test_local_storage_detection_helper": Excuse(
        "expects a storage that stores on the disk", "False is not true"
    ),
    "TestConfiguration.test_location_empty": Excuse("expects STATIC_ROOT to be needed", "ImproperlyConfigured"),
    "TestCustomManifestStorage.test_read_manifest": Excuse(ELSEWHERE, "None !="),
    "TestCustomManifestStorage.test_save_manifest_create": Excuse(DISK, "False is not True"),
    "TestInteractiveMessages.test_no_warning_for_empty_staticdir": Excuse(
        "expects no question where the folder is empty; Django asks for every storage that is no disk", "EOFError"
    ),
    "TestInteractiveMessages.test_no_warning_when_staticdir_does_not_exist": Excuse(
        "removes the folder from the disk", "FileNotFoundError"
    ),
    "TestStaticFilePermissions.test_collect_static_files_default_permissions": Excuse(DISK, "FileNotFoundError"),
    "TestStaticFilePermissions.test_collect_static_files_permissions": Excuse(DISK, "FileNotFoundError"),
    "TestStaticFilePermissions.test_collect_static_files_subclass_of_static_storage": Excuse(DISK, "FileNotFoundError"),
}
