"""Small ISO 9660 images by pycdlib, with Joliet and Rock Ridge, and what lies in them.

pycdlib is imported where it is used: no question waits for it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ovirt_hc_setup.base.errors import FormatError

LARGEST = 16 << 20
"""A seed of more bytes than this is not one of ours."""


def make(volume_id: str, files: Mapping[str, bytes]) -> bytes:
    """An image with these files in its root, readable by root. Only the times in it differ from one making to the next."""
    import pycdlib

    image: Any = pycdlib.PyCdlib()
    image.new(interchange_level=3, joliet=3, rock_ridge="1.09", vol_ident=volume_id)
    for number, (name, content) in enumerate(sorted(files.items())):
        # The plain ISO name matters to nobody: Rock Ridge and Joliet have the real one.
        plain, held = f"/FILE{number}.;1", io.BytesIO(content)
        image.add_fp(held, len(content), plain, rr_name=name, joliet_path=f"/{name}", file_mode=0o100400)
    out = io.BytesIO()
    image.write_fp(out)
    image.close()
    return out.getvalue()


def read(path: Path) -> tuple[str, dict[str, bytes]]:
    """The volume's name and the files in its root; raises FormatError, or FileNotFoundError."""
    import pycdlib
    from pycdlib.pycdlibexception import PyCdlibException

    if path.stat().st_size > LARGEST:
        raise FormatError(f"{path} is too large for a cloud-init ISO")
    image: Any = pycdlib.PyCdlib()
    try:
        image.open(str(path))
    except PyCdlibException as error:
        raise FormatError(f"{path} is not an ISO 9660 image: {error}") from error
    try:
        name = image.pvd.volume_identifier.decode("ascii", "replace").strip()
        return name, {child: _content(image, child) for child in _names(image)}
    except PyCdlibException as error:
        raise FormatError(f"{path} has no Joliet part with our files: {error}") from error
    finally:
        image.close()


def _names(image: Any) -> list[str]:
    children = image.list_children(joliet_path="/")
    return [child.file_identifier().decode("utf-16-be") for child in children if child.is_file()]


def _content(image: Any, name: str) -> bytes:
    out = io.BytesIO()
    image.get_file_from_iso_fp(out, joliet_path=f"/{name}")
    return out.getvalue()
