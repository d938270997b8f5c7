"""As killed_resource.py, for the engine VM's resources: libvirt's calls are moments too, and there are passwords."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import killed_resource  # type: ignore[import-not-found]  # beside this file, which runs as a program

from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.system.libvirt.libvirt_domains import Libvirt

PASSWORD = "it's 100% a: \"password\" #1"


class SomeSecrets:
    def get(self, name: str) -> Secret:
        return Secret(PASSWORD)


def mortal(moment: killed_resource.Moment, call: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(*args: Any, **named: Any) -> Any:
        moment.begins("libvirt", call.__name__)
        result = call(*args, **named)
        moment.ended()
        return result

    return wrapped


if __name__ == "__main__":
    when = killed_resource.Moment(sys.argv[3])
    for name in ("define", "eject"):
        setattr(Libvirt, name, mortal(when, getattr(Libvirt, name)))
    killed_resource.NoSecrets = SomeSecrets
    sys.exit(killed_resource.main(Path(sys.argv[1]), sys.argv[2], when))
