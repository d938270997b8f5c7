"""Of several hosts that join at once never two make their bridges at the same time; everything behind that is done at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, cast

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.base.event_types import Event, Note, ResourceEnded, RunBegun
from ovirt_hc_setup.commandline.run_options import RunOptions
from ovirt_hc_setup.fleet.add_others import BRIDGE, Controller
from ovirt_hc_setup.fleet.reached_hosts import Reached
from ovirt_hc_setup.system.host.commands import LocalHost


class Joining:
    """A host whose join takes a moment before its bridge and a moment behind it, as far as the events say."""

    before = 0
    behind = 0
    most_before = 0
    most_behind = 0

    def __init__(self, name: str, fails: bool = False) -> None:
        self.name, self._fails = name, fails

    def run(self, words: Sequence[str], show: Callable[[Event], bool]) -> int:
        Joining.before += 1
        Joining.most_before = max(Joining.most_before, Joining.before)
        show(RunBegun(run="run", verb="add-host", resources=(BRIDGE, "mount")))
        time.sleep(0.2)
        Joining.before -= 1
        if self._fails:
            return 4
        show(ResourceEnded(resource=BRIDGE, status="done", elapsed=1.0))
        Joining.behind += 1
        time.sleep(1)
        Joining.most_behind = max(Joining.most_behind, Joining.behind)
        Joining.behind -= 1
        return 0


def test_bridges_come_one_after_the_other_and_the_rest_at_once() -> None:
    turn = threading.Lock()
    said: list[Event] = []
    controller = Controller(RunOptions(), LocalHost("hc1"), cast(Any, said.append))
    hosts = [Joining("hc2"), Joining("hc3", fails=True), Joining("hc4"), Joining("hc5")]
    failed: list[str] = []

    def work(host: Joining) -> None:
        try:
            controller._in_turn(cast(Reached, host), (), turn)
        except SetupError:
            failed.append(host.name)

    threads = [threading.Thread(target=work, args=(host,)) for host in hosts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert Joining.most_before == 1
    assert Joining.most_behind == 3
    assert failed == ["hc3"]
    told = {one.text for one in said if isinstance(one, Note)}
    assert told == {"waits until the host before it has its packages and its bridge"}
    assert not turn.locked()
