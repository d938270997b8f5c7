"""What libvirt can run on a host, out of its domain capabilities."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ovirt_hc_setup.base.errors import FormatError, ValueRefused
from ovirt_hc_setup.model.cpu_model import CpuModel


def usable_models(xml: str) -> frozenset[CpuModel]:
    """The CPU models that guests can have here with all their features; raises FormatError."""
    try:
        root: ET.Element = fromstring(xml, forbid_dtd=True)
    except (ET.ParseError, DefusedXmlException) as error:
        raise FormatError(f"libvirt's domain capabilities are not XML that we read: {error}") from error
    models = root.findall("cpu/mode[@name='custom']/model[@usable='yes']")
    return frozenset(model for text in models if (model := _model(text.text or "")))


def _model(text: str) -> CpuModel | None:
    try:
        return CpuModel(text.strip())
    except ValueRefused:
        return None
