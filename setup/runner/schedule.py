"""Applying a plan: what is ready runs at once, save what shares an exclusive tag; after a failure nothing new is begun."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from ovirt_hc_setup.base.errors import Stopped
from ovirt_hc_setup.runner.graph import sorter
from ovirt_hc_setup.runner.resource import Resource

WORKERS = 8
LOOK_EVERY = 0.5  # seconds between two looks whether the operator asked to stop


def apply_all(resources: Sequence[Resource], apply: Callable[[Resource], None], stop: Callable[[], bool]) -> None:
    """Apply all in order; the first failure is raised when whatever was running has ended. Raises Stopped when asked to."""
    by_name = {resource.name: resource for resource in resources}
    tags: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
    order = sorter(resources)
    running: dict[Future[None], str] = {}
    failure: BaseException | None = None
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        while order.is_active() and (failure is None or running):
            if failure is None and stop():
                failure = Stopped("stopped on request", hint="To continue, run the same command again.")
            if failure is None:
                _begin(order.get_ready(), by_name, tags, apply, pool, running, order.done)
            ended, _ = wait(running, timeout=LOOK_EVERY, return_when=FIRST_COMPLETED)
            for future in ended:
                order.done(running.pop(future))
                failure = failure or future.exception()
    if failure is not None:
        raise failure


def _begin(
    ready: Sequence[str],
    by_name: dict[str, Resource],
    tags: defaultdict[str, threading.Lock],
    apply: Callable[[Resource], None],
    pool: ThreadPoolExecutor,
    running: dict[Future[None], str],
    done: Callable[[str], None],
) -> None:
    for name in ready:
        if name in by_name:
            resource = by_name[name]
            lock = tags[resource.exclusive] if resource.exclusive else threading.Lock()
            running[pool.submit(_with_lock, lock, apply, resource)] = name
        else:
            done(name)  # a milestone: reached, as all that provide it are done


def _with_lock(lock: threading.Lock, apply: Callable[[Resource], None], resource: Resource) -> None:
    with lock:
        apply(resource)
