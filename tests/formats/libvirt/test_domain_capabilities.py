"""Machine types out of libvirt's capabilities: those of the arch and of the accelerator, by all their names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats.libvirt.domain_capabilities import machine_types

XML = """
<capabilities>
  <guest><os_type>hvm</os_type><arch name='i686'><machine>pc-i440fx-1.0</machine></arch></guest>
  <guest><os_type>hvm</os_type>
    <arch name='x86_64'>
      <machine canonical='pc-i440fx-rhel7.6.0' maxCpus='240'>pc</machine>
      <machine maxCpus='1'>isapc</machine>
      <machine>microvm</machine>
      <domain type='qemu'/>
      <domain type='kvm'><machine canonical='pc-q35-rhel9.4.0' maxCpus='4096'>q35</machine></domain>
    </arch>
  </guest>
</capabilities>
"""


def names(kind: str) -> list[str]:
    return sorted(str(machine) for machine in machine_types(XML, kind))


def test_machine_types_are_those_of_a_pc_with_this_accelerator() -> None:
    assert names("kvm") == ["pc", "pc-i440fx-rhel7.6.0", "pc-q35-rhel9.4.0", "q35"]
    assert names("qemu") == ["pc", "pc-i440fx-rhel7.6.0"]


@given(st.text())
def test_what_is_no_xml_is_a_format_error(text: str) -> None:
    with pytest.raises(FormatError):
        machine_types(f"<{text}", "kvm")
