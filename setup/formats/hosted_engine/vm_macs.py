"""The engine VM's MAC address as `vm.conf` has it, which deployments of oVirt's own may have nowhere else.

Before oVirt 4.3 it stands in a line `devices={...,device:bridge,macAddr:00:16:3e:01:02:03,...}`, since then in the domain XML,
whose first interface is the one that hosted-engine makes.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.formats.hosted_engine.vm_conf import VmConf
from ovirt_hc_setup.model.mac_address import MacAddress

_MAC = re.compile(r"macAddr:([0-9A-Fa-f:]{17})[,}]")


def mac_of(vm: VmConf) -> MacAddress | None:
    """The first one that is a MAC address of a VM; None when there is none. The XML is another's: nothing in it is trusted."""
    for text in (*_of_xml(vm.xml), *(match[1] for device in vm.devices if (match := _MAC.search(device)))):
        try:
            return MacAddress.parse(text)
        except ValueRefused:
            continue
    return None


def _of_xml(xml: str) -> list[str]:
    try:
        root: ET.Element = fromstring(xml, forbid_dtd=True)
    except (ET.ParseError, DefusedXmlException, ValueError):
        return []
    return [found.get("address", "") for found in root.findall("devices/interface/mac")]
