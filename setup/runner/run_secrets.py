"""The secrets of a run: in memory-backed storage, readable by root only, gone at the end and after a reboot."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.base.os_errors import naming
from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.base.whole_file import write_file
from ovirt_hc_setup.formats import shaped_json

SECRETS = Path("/run/ovirt-hc-setup")


class RunSecrets:
    """Reads and writes `/run/ovirt-hc-setup/<run>/secrets.json`."""

    def __init__(self, run: str, root: Path = SECRETS) -> None:
        self._folder = root / run

    def there(self) -> bool:
        return (self._folder / "secrets.json").exists()

    def all(self) -> dict[str, Secret]:
        if not self.there():
            return {}
        path = self._folder / "secrets.json"
        hint = f"Remove it, and give the same command again: it asks for the secrets. rm {path}"
        texts = shaped_json.read(path.read_bytes(), dict[str, str], str(path), hint=hint)
        return {name: Secret(text) for name, text in texts.items()}

    def get(self, name: str) -> Secret:
        try:
            return self.all()[name]
        except KeyError:
            raise UsageError(
                f"the secret {name} of this run is gone (secrets are not kept across a reboot)",
                hint="Run the same command again: it asks for the secret, or reads it from --set or an answer file.",
            ) from None

    def write(self, secrets: Mapping[str, Secret]) -> None:
        self._make_folder()
        texts = {name: secret.reveal() for name, secret in secrets.items()}
        write_file(self._folder / "secrets.json", json.dumps(texts).encode(), mode=0o600)

    def forget(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        with suppress(OSError):  # others have theirs there
            self._folder.parent.rmdir()

    def _make_folder(self) -> None:
        with naming(self._folder):
            self._folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                self._folder.mkdir(mode=0o700, exist_ok=True)
            except FileNotFoundError:  # the last of the other runs has just ended, and taken the outer folder away
                self._folder.parent.mkdir(mode=0o700, exist_ok=True)
                self._folder.mkdir(mode=0o700, exist_ok=True)
