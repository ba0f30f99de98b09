"""`folkmoot verify BUNDLE`: check an edition with nothing but its bundle.

Needs no database, no network and no settings.
"""

from __future__ import annotations

import argparse
import io
import lzma
import struct
import sys
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from folkmoot.algorithms.bundle import Certificate, Fault, check

LARGEST = 1 << 30
"""A bundle that unpacks to more bytes than this is refused."""
EPOCH = (1980, 1, 1, 0, 0, 0)
UNREADABLE = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
    MemoryError,
)
"""What Python's reader of archives raises for one that was damaged in some way or other."""


def archive(files: Mapping[str, bytes]) -> bytes:
    """The files as a zip archive. The same files always give the same bytes, so that a change to
    the container shows too; nothing is compressed, since compressors differ."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as container:
        for name in sorted(files):
            container.writestr(zipfile.ZipInfo(name, EPOCH), files[name])
    return out.getvalue()


def unpack(path: Path) -> dict[str, bytes]:
    """The files of a bundle by name, from an archive or from a folder it was unpacked into.

    Raises `Fault` when it is neither, or when the archive holds anything besides its files.
    """
    if path.is_dir():
        return {
            str(file.relative_to(path).as_posix()): file.read_bytes()
            for file in sorted(path.rglob("*"))
            if file.is_file()
        }
    if not path.exists():
        raise Fault(f"There is no file {path}.")
    data = path.read_bytes()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            infos = container.infolist()
            if sum(info.file_size for info in infos) > LARGEST:
                raise Fault("The archive unpacks to more than a bundle can hold.")
            files = {info.filename: container.read(info) for info in infos}
    except UNREADABLE as error:
        if isinstance(error, Fault):
            raise
        raise Fault(f"The archive cannot be read: {error}.") from error
    if archive(files) != data:
        raise Fault("The archive was changed: it holds more than its files, or wraps them anew.")
    return files


def verify(path: Path, manifest: str = "", head: str = "") -> Certificate:
    """Check the bundle at `path`; raises `Fault` naming the first thing that is wrong.

    `manifest` and `head` are the digests shown where the edition was published. Whoever rewrites
    a whole record from its first entry can make one that holds in itself, but not with this head.
    """
    try:
        certificate = check(unpack(path), manifest)
    except Fault:
        raise
    except (ValueError, RecursionError, OverflowError) as error:
        raise Fault("The bundle holds something that no bundle has.") from error
    if head and certificate.head != head:
        raise Fault(f"The record ends with {certificate.head}, not {head}: this is another record.")
    return certificate


def run(arguments: Sequence[str]) -> int:
    """The command. Prints a certificate and returns 0, or prints what is wrong and returns 1."""
    parser = argparse.ArgumentParser(
        prog="folkmoot verify",
        description="Check a published edition with nothing but its bundle.",
    )
    parser.add_argument("bundle", type=Path, help="the bundle, an archive or a folder")
    parser.add_argument(
        "--manifest", default="", help="the manifest digest shown where it was published"
    )
    parser.add_argument(
        "--head", default="", help="the head of the record shown where it was published"
    )
    options = parser.parse_args(arguments)
    try:
        certificate = verify(
            options.bundle, options.manifest.strip().lower(), options.head.strip().lower()
        )
    except Fault as fault:
        sys.stdout.write(f"NOT VERIFIED: {fault}\n")
        return 1
    except OSError as error:
        sys.stdout.write(f"NOT VERIFIED: the bundle cannot be read: {error}\n")
        return 1
    sys.stdout.write(f"{certificate}\n")
    return 0
