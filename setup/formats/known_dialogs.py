"""The names of the predecessor's dialogs, as they stand in `QUESTION/<n>/<name>`, and what an answer to one means as a key.

The answer to a dialog is what was typed, not what the key holds: `Yes` where the key says `generate`, for example.
"""

from __future__ import annotations

_VM, _NETWORK, _STORAGE, _NOTIF = "OVEHOSTED_VM/", "OVEHOSTED_NETWORK/", "OVEHOSTED_STORAGE/", "OVEHOSTED_NOTIF/"

# Name of the dialog and the key that it answers; nothing where no key of today takes the answer.
DIALOGS: dict[str, str] = {
    "DEPLOY_PROCEED": "OVEHOSTED_CORE/deployProceed",
    "SCREEN_PROCEED": "OVEHOSTED_CORE/screenProceed",
    "SETTINGS_PROCEED": "OVEHOSTED_CORE/confirmSettings",
    "OVEHOSTED_STORAGE_DOMAIN_TYPE": f"{_STORAGE}domainType",
    "OVEHOSTED_GLUSTER_PROVISIONING": f"{_STORAGE}glusterProvisioningEnabled",
    "OVEHOSTED_GLUSTER_BRICKS": f"{_STORAGE}glusterBrick",
    "OVEHOSTED_STORAGE_DOMAIN_CONNECTION": f"{_STORAGE}storageDomainConnection",
    "OVEHOSTED_STORAGE_DOMAIN_MNT_OPTIONS": f"{_STORAGE}mntOptions",
    "OVEHOSTED_STORAGE_ISCSI_IP_ADDR": f"{_STORAGE}iSCSIPortalIPAddress",
    "OVEHOSTED_STORAGE_ISCSI_IP_PORT": f"{_STORAGE}iSCSIPortalPort",
    "OVEHOSTED_STORAGE_ISCSI_USER": f"{_STORAGE}iSCSIPortalUser",
    "OVEHOSTED_STORAGE_ISCSI_PASSWORD": f"{_STORAGE}iSCSIPortalPassword",
    "OVEHOSTED_STORAGE_ISCSI_TARGET": f"{_STORAGE}iSCSITargetName",
    "OVEHOSTED_STORAGE_BLOCKD_LUN": f"{_STORAGE}LunID",
    "OVEHOSTED_HOST_ID": f"{_STORAGE}hostID",
    "OVEHOSTED_FORCE_CREATEVG": "OVEHOSTED_ENGINE/forceCreateVG",
    "OVEHOSTED_ADDITIONAL_HOST": "OVEHOSTED_CORE/isAdditionalHost",
    "OVEHOSTED_RE_DEPLOY_HOST": "OVEHOSTED_CORE/additionalHostReDeployment",
    "OVEHOSTED_PREVENT_MIXING_HE_35_CURRENT": "OVEHOSTED_FIRST_HOST/deployWithHE35Hosts",
    "ovehosted_bridge_if": f"{_NETWORK}bridgeIf",
    "OHOSTED_NETWORK_FIREWALL_MANAGER": f"{_NETWORK}firewallManager",
    "OVEHOSTED_GATEWAY": f"{_NETWORK}gateway",
    "OVESETUP_NETWORK_FQDN_HOST_HOSTNAME": f"{_NETWORK}host_name",
    "OVEHOSTED_NETWORK_FQDN": f"{_NETWORK}fqdn",
    "OVEHOSTED_VMENV_BOOT": f"{_VM}vmBoot",
    "OVEHOSTED_BOOT_DISK_APPLIANCE": "",
    "OVEHOSTED_VMENV_OVF": f"{_VM}ovfArchive",
    "OVEHOSTED_COREENV_TEMPDIR": "OVEHOSTED_CORE/tempDir",
    "CLOUD_INIT_USE": f"{_VM}cloudInitISO",
    "CLOUD_INIT_GENERATE": f"{_VM}cloudInitISO",
    "CI_INSTANCE_HOSTNAME": f"{_VM}cloudinitInstanceHostName",
    "CI_EXECUTE_ESETUP": f"{_VM}cloudinitExecuteEngineSetup",
    "AUTOMATE_VM_SHUTDOWN": f"{_VM}automateVMShutdown",
    "CI_INSTANCE_DOMAINNAME": f"{_VM}cloudinitInstanceDomainName",
    "CI_ROOT_PASSWORD": f"{_VM}cloudinitRootPwd",
    "CI_ROOT_SSH_PUBKEY": f"{_VM}rootSshPubkey",
    "CI_ROOT_SSH_ACCESS": f"{_VM}rootSshAccess",
    "CI_VM_STATIC_NETWORKING": f"{_VM}cloudinitVMStaticCIDR",
    "CLOUDINIT_VM_STATIC_IP_ADDRESS": f"{_VM}cloudinitVMStaticCIDR",
    "CI_DNS": f"{_VM}cloudinitVMDNS",
    "CI_VM_ETC_HOST": f"{_VM}cloudinitVMETCHOSTS",
    "CI_APPLY_OPENSCAP_PROFILE": f"{_VM}applyOpenScapProfile",
    "ovehosted_vmenv_cpu_type": "OVEHOSTED_VDSM/cpu",
    "OVEHOSTED_VMENV_CDROM": f"{_VM}vmCDRom",
    "ovehosted_vmenv_cpu": f"{_VM}vmVCpus",
    "OVEHOSTED_VMENV_DISK_SIZE": f"{_STORAGE}imgSizeGB",
    "ovehosted_vmenv_mem": f"{_VM}vmMemSizeMB",
    "ovehosted_vmenv_mac": f"{_VM}vmMACAddr",
    "OVEHOSTED_VM_CONSOLE_TYPE": "OVEHOSTED_VDSM/consoleType",
    "APP_HOST_NAME": "OVEHOSTED_ENGINE/appHostName",
    "ENGINE_ADMIN_PASSWORD": "OVEHOSTED_ENGINE/adminPassword",
    "DIALOGOVEHOSTED_NOTIF/smtpServer": f"{_NOTIF}smtpServer",
    "DIALOGOVEHOSTED_NOTIF/smtpPort": f"{_NOTIF}smtpPort",
    "DIALOGOVEHOSTED_NOTIF/sourceEmail": f"{_NOTIF}sourceEmail",
    "DIALOGOVEHOSTED_NOTIF/destEmail": f"{_NOTIF}destEmail",
    "OVEHOSTED_INSTALLING_OS": "",
    "OVEHOSTED_ENGINE_UP": "",
    "OVEHOSTED_ENGINE_FA": "",
    "SSL_VALIDATE_CA": "OVEHOSTED_ENGINE/insecureSSL",
    "cluster_name": "OVEHOSTED_ENGINE/clusterName",
    "OVEHOSTED_REQUIRED_NETWORKS": "",
    "OVEHOSTED_NON_OPERATIONAL": "",
    "CPU_PROCEED": "",
    "DISK_PROCEED": "",
    "MEMORY_PROCEED": "",
}

# What was typed, in small letters, and what the key holds for it; None: another dialog has the value.
MEANINGS: dict[tuple[str, str], str | None] = {
    ("CLOUD_INIT_USE", "yes"): "generate",
    ("CLOUD_INIT_USE", "no"): "skip",
    ("CI_VM_STATIC_NETWORKING", "dhcp"): "False",
    ("CI_VM_STATIC_NETWORKING", "static"): None,
    ("OVEHOSTED_GLUSTER_PROVISIONING", "no"): "False",
}

# By the name of a dialog the one that followed it when the answer was odd.
PROCEED = {
    "ovehosted_vmenv_cpu": "CPU_PROCEED",
    "OVEHOSTED_VMENV_DISK_SIZE": "DISK_PROCEED",
    "ovehosted_vmenv_mem": "MEMORY_PROCEED",
}


def words_of(dialog: str) -> tuple[str, ...]:
    """The words that a dialog of MEANINGS takes, where it has more than one."""
    words = tuple(word for name, word in MEANINGS if name == dialog)
    return words if len(words) > 1 else ()


def further_dialog(dialog: str) -> str:
    """The dialog that has the value when the answer to this one only said that there is one."""
    return next(name for name, key in DIALOGS.items() if key == DIALOGS[dialog] and name != dialog)
