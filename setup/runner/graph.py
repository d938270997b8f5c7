"""The order of resources: names and milestones, sorted; a cycle or an unknown name is an error at start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush

from ovirt_hc_setup.runner.resource import Resource


class GraphError(Exception):
    """A mistake in a plugin: a cycle, an unknown name, or a name used twice. Always a bug, never the operator's fault."""


def graph_of(resources: Sequence[Resource]) -> dict[str, set[str]]:
    """For each resource and each milestone the names it comes after. Raises GraphError."""
    graph: dict[str, set[str]] = {}
    for resource in resources:
        if resource.name in graph:
            raise GraphError(f"two resources are named {resource.name!r}")
        graph[resource.name] = set(resource.after)
    for resource in resources:
        for milestone in resource.provides:
            graph.setdefault(milestone, set()).add(resource.name)
    _refuse_unknown(graph)
    return graph


def _refuse_unknown(graph: Mapping[str, Iterable[str]]) -> None:
    for name, after in graph.items():
        for other in after:
            if other not in graph:
                raise GraphError(f"{name!r} comes after {other!r}, which is neither a resource nor a milestone")


def sorter(resources: Sequence[Resource]) -> TopologicalSorter[str]:
    """A prepared sorter over resources and milestones; raises GraphError naming the members of a cycle."""
    order = TopologicalSorter(graph_of(resources))
    try:
        order.prepare()
    except CycleError as error:
        raise GraphError(f"a cycle: {' -> '.join(map(repr, error.args[1]))}") from error
    return order


def in_order(resources: Sequence[Resource]) -> list[Resource]:
    """The resources, each after what it comes after; otherwise in the order given."""
    by_name = {resource.name: resource for resource in resources}
    place = {resource.name: at for at, resource in enumerate(resources)}
    order, ordered = sorter(resources), []
    while order.is_active():
        ready = sorted(order.get_ready(), key=lambda name: place.get(name, -1))
        ordered += [by_name[name] for name in ready if name in by_name]
        order.done(*ready)
    return ordered


def backwards(resources: Sequence[Resource], names: Sequence[str]) -> list[Resource]:
    """The named resources in the order in which they are taken back: each before everything that it comes after, in a run that
    was gone on with too, where a record can be newer than those of resources that stand on it. Otherwise as `names` says."""
    place = {name: at for at, name in enumerate(names)}
    ahead: dict[str, set[str]] = {name: set() for name in graph_of(resources)}
    for name, after in graph_of(resources).items():
        for earlier in after:
            ahead[earlier].add(name)
    order, ready, found = TopologicalSorter(ahead), list[tuple[int, str]](), list[str]()
    order.prepare()
    while order.is_active():
        for name in order.get_ready():
            # Milestones, and what there is nothing to take back of, hold nobody up.
            heappush(ready, (place.get(name, -1), name))
        name = heappop(ready)[1]
        found.append(name)
        order.done(name)
    by_name = {resource.name: resource for resource in resources}
    return [by_name[name] for name in found if name in place]
