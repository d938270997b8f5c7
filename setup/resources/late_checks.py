"""The gate behind the packages: checks that needed one of them, judged before the network and the disks are touched.

It changes nothing, so it has nothing to commit but that it was passed. **Commit point**: the record, written when all of its
checks were found well. A kill **before** it lets them be judged again; a kill **after** it does not: what the run makes from
there on (a bridge, a volume that is not empty any more) would be found by checks that are for hosts without it. `undo` has
**nothing to take back**, so nothing can have become somebody else's.
"""

from __future__ import annotations

from dataclasses import dataclass

from ovirt_hc_setup.base.errors import CheckFailed
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.runner.checks import blocking
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, needed

_PASSED = "passed"
"""In the dictionary of the value itself, for the look after `apply`: whether it was passed stands in the record only."""


@dataclass(frozen=True, kw_only=True)
class LateChecks(Resource):
    """`checks` by their names. Raises CheckFailed with what they find."""

    checks: tuple[str, ...]

    def describe(self) -> tuple[str, ...]:
        count = "1 check" if len(self.checks) == 1 else f"{len(self.checks)} checks"
        return (f"Judge {count} that need the packages", *self.checks, "If one fails, nothing but the packages was changed.")

    def probe(self, host: Host) -> State:
        return DONE if _PASSED in self.__dict__ else needed("not judged yet")

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        if not record.before:
            found = record.judged(self.checks)
            for finding in found:
                if finding.severity == "warning":
                    progress.note(f"{finding.check}: {finding.found}. {finding.remedy}", "warning")
            if wrong := blocking(found):
                lines = "".join(f"\n{one.check}: {one.found}\n  {one.remedy}{_answer(one.key)}".rstrip() for one in wrong)
                skipped = {one.check for one in found if one.severity == "skipped"}  # the new answer takes the place of the old
                names = ",".join(sorted(skipped | {one.check for one in wrong}))
                raise CheckFailed(f"found when the packages were installed:{lines}", hint=HINT.format(names=names))
            record.keep({"judged": list(self.checks)})
            record.committing()
        self.__dict__[_PASSED] = True

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        """Nothing was changed."""


HINT = (
    "Neither network nor disks were changed. Fix this and run the same command again, or skip a check that does not apply here: "
    "--set HC_CORE/skipChecks={names}"
)


def _answer(key: str) -> str:
    return f" The answer to change: --set {key}=VALUE" if key else ""
