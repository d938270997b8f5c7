"""What runs engine-setup in the engine VM: its answers, the scripts around it, and the words they end with.

engine-setup cannot go on half way. So the guest notes at its first boot that it has begun, and when engine-setup has ended,
well or not, it disables cloud-init. A boot that finds the first note, with cloud-init still enabled, was preceded by a power
cut, a crash or a reset before the end: it says so, and whoever listens makes the disk anew.
"""

from __future__ import annotations

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.model.engine_vm import SETUP_PORT
from ovirt_hc_setup.model.fqdn import Fqdn

SUCCESS = "HE_APPLIANCE_ENGINE_SETUP_SUCCESS"
FAILURE = "HE_APPLIANCE_ENGINE_SETUP_FAIL"
INTERRUPTED = "HE_APPLIANCE_ENGINE_SETUP_INTERRUPTED"
SHIPPED_ANSWERS = "/root/ovirt-engine-answers"
OUR_ANSWERS = "/root/heanswers.conf"
GUEST_LOG = "/var/log/ovirt-hosted-engine-setup.log"
# cloud-init keeps what it was told, the admin password with it, for boots that will not use it: cloud-init is disabled.
CLOUD_INIT_MEMORY = "/var/lib/cloud/instance"
CLOUD_INIT_DISABLED = "/etc/cloud/cloud-init.disabled"
BEGUN = "/var/lib/ovirt-hosted-engine-setup.begun"
RESTARTED = "/run/ovirt-hosted-engine-setup.restarted"
PORT = f"/dev/virtio-ports/{SETUP_PORT}"
_FORGET = f"""\
rm -f {OUR_ANSWERS}
rm -f {CLOUD_INIT_MEMORY}/user-data.txt* {CLOUD_INIT_MEMORY}/cloud-config.txt {CLOUD_INIT_MEMORY}/obj.pkl"""

# Run early at every boot as long as cloud-init is enabled. The port blocks its writer, and the boot must not wait for that.
BOOT_SCRIPT = f"""\
umask 077
if [ -e {BEGUN} ]; then
    {_FORGET.replace(chr(10), chr(10) + "    ")}
    : > {RESTARTED}
    # Again and again: who heard it may be killed before the disk is given up.
    while [ -e {PORT} ] && echo {INTERRUPTED} > {PORT}; do sleep 10; done > /dev/null 2>&1 < /dev/null &
else
    : > {BEGUN}
    sync
fi
"""

# The port blocks its writer while nobody reads it on the host. So engine-setup writes into a file, which another process
# copies to the port: engine-setup ends whether or not somebody listens, and who comes late still gets every line.
SCRIPT = f"""\
[ -e {RESTARTED} ] && exit 1
umask 077
port={PORT}
log={GUEST_LOG}
: > "$log"
if [ -e "$port" ]; then
    tail --pid=$$ -n +1 -f "$log" > "$port" 2> /dev/null < /dev/null &
fi
answers="--config-append={SHIPPED_ANSWERS} --config-append={OUR_ANSWERS}"
engine-setup --accept-defaults --offline $answers >> "$log" 2>&1 < /dev/null
code=$?
{_FORGET}
sync
touch {CLOUD_INIT_DISABLED}
sync
if [ "$code" -eq 0 ]; then
    echo {SUCCESS} >> "$log"
else
    echo "engine-setup ended with $code" >> "$log"
    echo {FAILURE} >> "$log"
fi
"""


def answers(fqdn: Fqdn, admin_password: Secret) -> str:
    """engine-setup's answers in the predecessor's form: `[environment:default]`, then `KEY=type:value`.

    Raises ValueRefused for a password that this form cannot carry; the message does not hold it.
    """
    check_password(admin_password)
    lines = (
        "[environment:default]",
        f"OVESETUP_CONFIG/adminPassword=str:{admin_password.reveal()}",
        f"OVESETUP_CONFIG/fqdn=str:{fqdn}",
        f"OVESETUP_PKI/organization=str:{fqdn.domain}",
    )
    return "".join(f"{line}\n" for line in lines)


def check_password(password: Secret) -> None:
    """Raises ValueRefused for a password that would not reach engine-setup as it was typed."""
    text = password.reveal()
    if not text:
        raise ValueRefused("the engine's admin password is empty", hint="Choose one of at least one character.")
    if not text.isprintable():
        raise ValueRefused(
            "the engine's admin password holds a line end, a tabulator or another character that is not printable",
            hint="An answer file of engine-setup has one line for it. Choose another password.",
        )
    if text.endswith(" "):
        raise ValueRefused(
            "the engine's admin password ends in a blank",
            hint="engine-setup drops blanks at the end of a line of its answers. Choose another password.",
        )
