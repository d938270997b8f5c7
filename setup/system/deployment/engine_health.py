"""The engine's health page: http://FQDN/ovirt-engine/services/health, which holds `DB Up` when the engine is up."""

from __future__ import annotations

from dataclasses import dataclass

from ovirt_hc_setup.model.fqdn import Fqdn

UP = "DB Up"
TIMEOUT = 5.0
LARGEST = 4096


@dataclass(frozen=True)
class HealthPage:
    """`said` is the page's first line, or why there is none."""

    up: bool
    said: str


def url(fqdn: Fqdn) -> str:
    """The page's address. Plain http, because it tells nothing and the engine's certificate is not known yet."""
    return f"http://{fqdn}/ovirt-engine/services/health"


def ask(fqdn: Fqdn, timeout: float = TIMEOUT) -> HealthPage:
    """Ask once, without any proxy, for about `timeout` seconds at most. Never raises: an engine on its way up refuses in many
    ways, and all of them mean "not yet"."""
    import http.client  # here, because they bring a whole mail and TLS library, and no question waits for that
    import urllib.error
    import urllib.request

    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url(fqdn), timeout=timeout) as answer:
            text = answer.read(LARGEST).decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return HealthPage(False, f"HTTP {error.code}")
    except urllib.error.URLError as error:
        return HealthPage(False, str(error.reason))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return HealthPage(False, str(error) or type(error).__name__)
    return HealthPage(UP in text, text.strip().splitlines()[0][:200] if text.strip() else "an empty page")
