"""The deployment that a host is in, as whoever brought the type of its storage knows it."""

from __future__ import annotations

from collections.abc import Sequence

from ovirt_hc_setup.base.host import Host
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
    connections = assembled().plugins.connections()
    if conf.domain_type not in types_of(connections):
        connections = assembled(_remembered()).plugins.connections()
    kind = domain_type(types_of(connections)).parse(conf.domain_type)
    connection = next(one for one in connections if one.name == kind)
    return LocalDeployment(conf, connection.root(conf.storage), connection.health(conf.storage))


def _remembered() -> Sequence[str]:
    """The plugins of this host's runs: no operator names them at a boot."""
    return [name for run in all_runs() for name in run.about.plugins]
