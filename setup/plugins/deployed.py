"""The deployment that a host is in, as whoever brought the type of its storage knows it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from ovirt_hc_setup.base.errors import SetupError, UsageError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.connection import Connection
from ovirt_hc_setup.formats.hosted_engine.hosted_engine_conf import HostedEngineConf
from ovirt_hc_setup.keys import domain_type
from ovirt_hc_setup.plugins.assembly import assembled, types_of
from ovirt_hc_setup.runner.run_folder import all_runs
from ovirt_hc_setup.system.deployment.local_deployment import LocalDeployment, conf_on


def find(host: Host) -> LocalDeployment | None:
    """The deployment; None when there is none on this host. Raises FormatError for a file that cannot be understood, ValueRefused
    for a type of storage that nothing here serves, UsageError when the plugin that does is not installed any more."""
    conf = conf_on(host)
    return None if conf is None else deployment(conf)


def deployment(conf: HostedEngineConf) -> LocalDeployment:
    """Raises ValueRefused or UsageError, as `find`."""
    connection = _connection(conf.domain_type)
    return LocalDeployment(conf, connection.root(conf.storage), connection.health(conf.storage))


def _connection(kind: str) -> Connection:
    """That of the program, else of the first plugin that has it: a host is up at its boot whatever became of the others."""
    gone: UsageError | None = None
    for named in ((), *((name,) for name in _remembered())):
        try:
            found: dict[str, Connection] = {one.name: one for one in assembled(named).plugins.connections()}
        except UsageError as error:
            gone = error
            continue
        if kind in found:
            return found[kind]
    if gone is not None:
        raise gone
    domain_type(types_of(assembled().plugins.connections())).parse(kind)
    raise AssertionError(f"a type {kind} that nobody serves was taken")


def _remembered() -> Sequence[str]:
    """The plugins of this host's runs, newest first: no operator names them at a boot. A run that cannot be read has none."""
    names: dict[str, None] = {}
    for run in reversed(all_runs()):
        with suppress(SetupError):
            if run.state in ("finished", "unfinished", "undoing"):
                names |= dict.fromkeys(run.about.plugins)
    return tuple(names)
