"""Whether a volume may hold the engine's storage domain: one verdict for each rule, under the names of the checks."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping

from ovirt_hc_setup.model.gluster_volume import Deviation, GlusterVolume
from ovirt_hc_setup.runner.checks import Finding, error, fine, warning

MANY = 8

# None: the rule says nothing of such a volume.
Rule = Callable[[GlusterVolume], Finding | None]


def started(volume: GlusterVolume) -> Finding:
    if volume.started:
        return fine(f"volume {volume.name} is started")
    found = f"volume {volume.name} is not started (gluster says: {volume.status})"
    return error(found, "a started volume", f"Run `gluster volume start {volume.name}`.")


def replica(volume: GlusterVolume) -> Finding:
    if volume.is_replica_3:
        words = "" if volume.description == "replica 3" else f": {volume.description}"
        return fine(f"GlusterFS replica 3 Volume detected{words}")
    return error(
        f"volume {volume.name} is {volume.description}",
        "replica 3, or replica 3 with arbiter 1: with fewer copies, the loss of one host loses or splits the engine's disk",
        "Choose another volume, or add bricks on a third host: "
        f"`gluster volume add-brick {volume.name} replica 3 HOST:/PATH` (only from replica 1 or 2).",
    )


def distinct_hosts(volume: GlusterVolume) -> Finding:
    if volume.on_distinct_hosts:
        return fine(f"the copies are on {', '.join(volume.hosts)}")
    shared = ", ".join(volume.shared_hosts)
    bricks = ", ".join(str(brick) for brick in volume.bricks)
    return error(
        f"volume {volume.name} has several copies of the same files on {shared} (bricks: {bricks})",
        "each copy on a separate host, so that one host can fail",
        f"Move a brick: `gluster volume replace-brick {volume.name} OLD NEW commit force`.",
    )


def quorum(volume: GlusterVolume) -> Finding | None:
    if not volume.is_replica_3:
        return None
    if not volume.has_client_quorum:
        kind = volume.options.get("cluster.quorum-type", "not set")
        return error(
            f"volume {volume.name} accepts writes with a single copy reachable (cluster.quorum-type is {kind})",
            "client quorum: without it, hosts that lose contact both keep writing",
            f"Run `gluster volume set {volume.name} cluster.quorum-type auto`.",
        )
    if not volume.has_server_quorum:
        return warning(
            f"volume {volume.name} has client quorum but no server quorum",
            "cluster.server-quorum-type server: a host without its peers stops its bricks",
            f"Run `gluster volume set {volume.name} cluster.server-quorum-type server`.",
        )
    return fine("client and server quorum are set")


def profile(volume: GlusterVolume) -> Finding:
    deviations = volume.deviations()
    if not deviations:
        return fine(f"volume {volume.name} has the options of the virt profile and belongs to 36:36")
    count = f"{len(deviations)} options" if len(deviations) > 1 else f"option {deviations[0].option}"
    group = f"All of the group at once: `gluster volume set {volume.name} group virt`. One by one:"
    heading = group if len(deviations) >= MANY else "Run:"
    return warning(
        f"{count} of volume {volume.name} not suitable for VM disks",
        "the options of group virt, and VDSM's ownership (36:36)",
        "\n".join([heading, *(_command(deviation) for deviation in deviations)]),
    )


RULES: Mapping[str, Rule] = {
    "gluster.started": started,
    "gluster.replica": replica,
    "gluster.distinct-hosts": distinct_hosts,
    "gluster.quorum": quorum,
    "gluster.profile": profile,
}


def faults(volume: GlusterVolume, skipped: frozenset[str] = frozenset()) -> list[Finding]:
    """The findings that rule the volume out."""
    findings = (rule(volume) for name, rule in RULES.items() if name not in skipped)
    return [finding for finding in findings if finding is not None and finding.severity == "error"]


def _command(deviation: Deviation) -> str:
    risk = f"; {deviation.risky}" if deviation.risky else ""
    return f"  {shlex.join(deviation.command)}  # is {deviation.found or 'not set'}{risk}"
