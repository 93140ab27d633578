"""The command line of the development server, shared by the module, the management command and the launcher."""

from __future__ import annotations

import argparse
import os
import re
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from .options import Options

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Translate: TypeAlias = "Callable[[str], str]"

PROGRAM = "python -m django_selectel_storage.devserver"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
LONGEST_CONTAINER_NAME = 256
LAST_PORT = 65535
# What survives Swift's configuration files and its v1 credentials unharmed: no blanks, colons or percent signs.
WORD = re.compile(r"[A-Za-z0-9._~@+=/-]+")
ORIGINS = re.compile(r"[^\s%]+")


class OneLineParser(argparse.ArgumentParser):
    """A parser whose complaints are one line long."""

    def error(self, message: str) -> NoReturn:
        """Tell what is wrong and end."""
        self.exit(2, f"{self.prog}: error: {message}\n")


def parse(arguments: Sequence[str] | None = None) -> Options:
    """The options that a command line asks for."""
    parser = OneLineParser(prog=PROGRAM, description="Real OpenStack Swift on loopback: the Swift API and the S3 API.")
    add_arguments(parser)
    return Options.from_namespace(vars(parser.parse_args(arguments)))


def add_arguments(parser: argparse.ArgumentParser, _: Translate = str) -> None:
    """Teach a parser, ours or Django's, every option of the development server.

    Args:
        parser: the parser.
        _: translates the help; Django does, which this process need not know.
    """
    _add_address(parser, _)
    _add_credentials(parser, _)
    _add_behaviour(parser, _)
    _add_keystone(parser, _)
    _add_launching(parser, _)


def _add_address(parser: argparse.ArgumentParser, _: Translate) -> None:
    add = parser.add_argument
    add("--host", type=loopback, metavar="HOST", help=_("loopback only: 127.0.0.1 (default), ::1 or localhost"))
    add(
        "--port",
        type=port_number,
        metavar="PORT",
        help=_("default {value}; 0: any free one").format(value=Options.port),
    )
    add("--data", metavar="FOLDER", help=_("keep everything there (default: a throw-away folder)"))
    add("--container", dest="containers", action="append", type=container_name, metavar="NAME", help=_("repeatable"))
    add(
        "--public-container",
        dest="public_containers",
        action="append",
        type=container_name,
        metavar="NAME",
        help=_("a container that everybody may read; repeatable"),
    )


def _add_credentials(parser: argparse.ArgumentParser, _: Translate) -> None:
    add = parser.add_argument
    add("--account", type=word, help=_("default {value}").format(value=Options.account))
    add("--user", type=word, help=_("default {value}; clients log in as account:user").format(value=Options.user))
    add("--key", type=word, help=_("password and S3 secret key, default {value}").format(value=Options.key))
    add("--temp-url-key", type=word, metavar="KEY", help=_("default {value}").format(value=Options.temp_url_key))


def _add_behaviour(parser: argparse.ArgumentParser, _: Translate) -> None:
    add = parser.add_argument
    add("--region", type=word, help=_("S3 region, default {value}").format(value=Options.region))
    add("--storage-domain", type=word, metavar="DOMAIN", help=_("S3 buckets as host names under this one"))
    add("--cors-origin", type=origins, metavar="ORIGIN", help=_("origins that browsers may come from, default *"))
    add("--max-file-size", type=int, metavar="BYTES", help=_("largest object in one piece"))
    add("--token-life", type=int, metavar="SECONDS", help=_("default {value}").format(value=Options.token_life))
    add("--fsync", action="store_true", help=_("wait for the disk at every write"))
    add("--objects-in-memory", action="store_true", help=_("for file systems without extended attributes"))
    add("--log", metavar="FILE", help=_("Swift's log (default: none)"))
    add("--hooks", action="store_true", help=_("let tests cause faults under /_devserver/"))


def _add_keystone(parser: argparse.ArgumentParser, _: Translate) -> None:
    add = parser.add_argument
    add("--keystone", type=origins, metavar="URL", help=_("accept the tokens of this Keystone too"))
    add("--keystone-password", type=word, metavar="PASSWORD", help=_("of its user swift in the project service"))
    add(
        "--keystone-prefix",
        type=word,
        metavar="PREFIX",
        help=_("of its accounts, default {value}").format(value=Options.keystone_prefix),
    )
    add("--keystone-token-cache", type=int, metavar="SECONDS", help=_("trust a checked token that long, -1: never"))


def _add_launching(parser: argparse.ArgumentParser, _: Translate) -> None:
    add = parser.add_argument
    add("--json", action="store_true", help=_("print one machine-readable line and no settings"))
    gone = _("end as soon as the process that started this one is gone")
    add("--die-with-parent", nargs="?", type=int, const=os.getppid(), metavar="PID", help=gone)


def loopback(text: str) -> str:
    """A host that nobody outside of this machine can reach."""
    if text not in LOOPBACK:
        raise argparse.ArgumentTypeError(
            f"{text!r} could be reached from outside; the development server listens on {', '.join(LOOPBACK)} only"
        )
    return text


def port_number(text: str) -> int:
    """A TCP port; 0 means any free one."""
    if not text.isascii() or not text.isdigit() or int(text) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: a number from 0 to {LAST_PORT}")
    return int(text)


def container_name(text: str) -> str:
    """A name that Swift takes for a container."""
    if not text or "/" in text or len(text.encode()) > LONGEST_CONTAINER_NAME:
        raise argparse.ArgumentTypeError(
            f"{text!r} cannot name a container: 1 to {LONGEST_CONTAINER_NAME} bytes without a slash"
        )
    return text


def word(text: str) -> str:
    """A value for Swift's configuration files: one word of harmless characters."""
    if not WORD.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} may consist of letters, digits and . _ ~ @ + = / - only")
    return text


def origins(text: str) -> str:
    """One address, or several with commas between them."""
    if not ORIGINS.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} may contain neither blanks nor percent signs")
    return text
