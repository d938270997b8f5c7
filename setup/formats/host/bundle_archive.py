"""A tar.gz made in memory of texts that are kept in memory."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Mapping


def bundle_archive(folder: str, parts: Mapping[str, bytes], at: float) -> bytes:
    """All parts as files of one folder, readable by their owner only; `at` is their time in seconds since the epoch."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, data in parts.items():
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size, member.mtime, member.mode = len(data), int(at), 0o600
            tar.addfile(member, io.BytesIO(data))
    return gzip.compress(packed.getvalue(), mtime=int(at))
