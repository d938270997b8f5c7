"""The names of the predecessor's dialogs, as they stand in `QUESTION/<n>/<name>`, and what an answer to one means as a key.

The answer to a dialog is what was typed, not what the key holds: `Yes` where the key says `generate`, for example, or the
address without the prefix length that the predecessor adds to it.
"""

from __future__ import annotations

_VM, _NETWORK, _STORAGE, _NOTIF = "OVEHOSTED_VM/", "OVEHOSTED_NETWORK/", "OVEHOSTED_STORAGE/", "OVEHOSTED_NOTIF/"

_CORE, _ENGINE, _UPGRADE, _FIRST = "OVEHOSTED_CORE/", "OVEHOSTED_ENGINE/", "OVEHOSTED_UPGRADE/", "OVEHOSTED_FIRST_HOST/"

# Name of the dialog and the key that it answers; nothing where no key takes the answer.
DIALOGS: dict[str, str] = {
    # Before the questions
    "DEPLOY_PROCEED": f"{_CORE}deployProceed",
    "SCREEN_PROCEED": f"{_CORE}screenProceed",
    "TMUX_PROCEED": f"{_CORE}screenProceed",
    "FORCE_IP_PROCEED": f"{_CORE}forceIpProceed",
    "SETTINGS_PROCEED": f"{_CORE}confirmSettings",
    "OVEHOSTED_INSTALL_OVIRT_ENGINE_APPLIANCE": f"{_VM}acceptDownloadEApplianceRPM",
    "OVEHOSTED_COREENV_TEMPDIR": f"{_CORE}tempDir",
    # Storage
    "OVEHOSTED_STORAGE_DOMAIN_TYPE": f"{_STORAGE}domainType",
    "OVEHOSTED_GLUSTER_PROVISIONING": f"{_STORAGE}glusterProvisioningEnabled",
    "OVEHOSTED_GLUSTER_BRICKS": f"{_STORAGE}glusterBrick",
    "ALLOW_GLUSTER_REPLICA_ONE": f"{_ENGINE}allowGlusterReplicaOne",
    "ENABLE_HC_GLUSTER_SERVICE": f"{_ENGINE}enableHcGlusterService",
    "OVEHOSTED_STORAGE_DOMAIN_CONNECTION": f"{_STORAGE}storageDomainConnection",
    "OVEHOSTED_STORAGE_DOMAIN_MNT_OPTIONS": f"{_STORAGE}mntOptions",
    "OVEHOSTED_STORAGE_DOMAIN_NAME": f"{_STORAGE}storageDomainName",
    "OVEHOSTED_STORAGE_DATACENTER_NAME": f"{_STORAGE}storageDatacenterName",
    "OVEHOSTED_STORAGE_NFS_VERSION": f"{_STORAGE}nfsVersion",
    "OVEHOSTED_STORAGE_IMG_ALIAS": f"{_STORAGE}imgAlias",
    "OVEHOSTED_STORAGE_ISCSI_IP_ADDR": f"{_STORAGE}iSCSIPortalIPAddress",
    "OVEHOSTED_STORAGE_ISCSI_IP_PORT": f"{_STORAGE}iSCSIPortalPort",
    "OVEHOSTED_STORAGE_ISCSI_USER": f"{_STORAGE}iSCSIPortalUser",
    "OVEHOSTED_STORAGE_ISCSI_PASSWORD": f"{_STORAGE}iSCSIPortalPassword",
    "OVEHOSTED_STORAGE_ISCSI_TARGET": f"{_STORAGE}iSCSITargetName",
    "OVEHOSTED_STORAGE_ISCSI_LUN": f"{_STORAGE}iSCSILunId",
    "OVEHOSTED_STORAGE_BLOCKD_LUN": f"{_STORAGE}LunID",
    "OVEHOSTED_HOST_ID": f"{_STORAGE}hostID",
    "OVEHOSTED_FORCE_CREATEVG": f"{_ENGINE}forceCreateVG",
    # A host that joins
    "OVEHOSTED_ADDITIONAL_HOST": f"{_CORE}isAdditionalHost",
    "OVEHOSTED_RE_DEPLOY_HOST": f"{_CORE}additionalHostReDeployment",
    "OVEHOSTED_PREVENT_MIXING_HE_35_CURRENT": f"{_FIRST}deployWithHE35Hosts",
    "OVEHOSTED_CORE_FETCH_ANSWER": f"{_FIRST}fetchAnswer",
    "OVEHOSTED_NET_FIRST_HOST_FQDN": f"{_FIRST}fqdn",
    "HOST_FIRST_HOST_ROOT_PASSWORD": f"{_FIRST}rootPassword",
    # Network
    "ovehosted_bridge_if": f"{_NETWORK}bridgeIf",
    "OHOSTED_NETWORK_FIREWALL_MANAGER": f"{_NETWORK}firewallManager",
    "OVEHOSTED_GATEWAY": f"{_NETWORK}gateway",
    "OVEHOSTED_NETWORK_TEST": f"{_NETWORK}network_test",
    "OVEHOSTED_NETWORK_TEST_TCP_ADDRESS": f"{_NETWORK}network_test_tcp_address",
    "OVEHOSTED_NETWORK_TEST_TCP_PORT": f"{_NETWORK}network_test_tcp_port",
    "OVESETUP_NETWORK_FQDN_HOST_HOSTNAME": f"{_NETWORK}host_name",
    "OVEHOSTED_NETWORK_FQDN": f"{_NETWORK}fqdn",
    # The engine VM
    "OVEHOSTED_VMENV_BOOT": f"{_VM}vmBoot",
    "OVEHOSTED_BOOT_DISK_APPLIANCE": "",
    "OVEHOSTED_VMENV_OVF": f"{_VM}ovfArchive",
    "OVEHOSTED_VMENV_OVF_ANSIBLE": f"{_VM}ovfArchive",
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
    "CI_OPENSCAP_PROFILE_NAME": f"{_VM}OpenScapProfileName",
    "CI_ENABLE_FIPS": f"{_VM}enableFips",
    "ovehosted_vmenv_cpu_type": "OVEHOSTED_VDSM/cpu",
    "OVEHOSTED_VMENV_CDROM": f"{_VM}vmCDRom",
    "ovehosted_vmenv_cpu": f"{_VM}vmVCpus",
    "OVEHOSTED_VMENV_DISK_SIZE": f"{_STORAGE}imgSizeGB",
    "ovehosted_vmenv_image": f"{_STORAGE}imgSizeGB",
    "ovehosted_vmenv_mem": f"{_VM}vmMemSizeMB",
    "ovehosted_vmenv_mem_ovf": f"{_VM}vmMemSizeMB",
    "ovehosted_vmenv_mac": f"{_VM}vmMACAddr",
    "OVEHOSTED_VM_CONSOLE_TYPE": "OVEHOSTED_VDSM/consoleType",
    # The engine
    "APP_HOST_NAME": f"{_ENGINE}appHostName",
    "ENGINE_ADMIN_PASSWORD": f"{_ENGINE}adminPassword",
    "ENGINE_ADMIN_USERNAME": f"{_ENGINE}adminUsername",
    "ovehosted_enable_keycloak": f"{_CORE}enableKeycloak",
    "ovehosted_datacenter_name": f"{_ENGINE}datacenterName",
    "ovehosted_cluster_name": f"{_ENGINE}clusterName",
    "cluster_name": f"{_ENGINE}clusterName",
    "SSL_VALIDATE_CA": f"{_ENGINE}insecureSSL",
    "DIALOGOVEHOSTED_NOTIF/smtpServer": f"{_NOTIF}smtpServer",
    "DIALOGOVEHOSTED_NOTIF/smtpPort": f"{_NOTIF}smtpPort",
    "DIALOGOVEHOSTED_NOTIF/sourceEmail": f"{_NOTIF}sourceEmail",
    "DIALOGOVEHOSTED_NOTIF/destEmail": f"{_NOTIF}destEmail",
    # Backups and upgrades
    "ovehosted_renew_pki": f"{_CORE}renewPKIonRestore",
    "ovehosted_pause_on_restore": f"{_CORE}pauseonRestore",
    "UPGRADE_PROCEED": f"{_CORE}upgradeProceed",
    "ROLLBACK_PROCEED": f"{_CORE}rollbackProceed",
    "UPGRADE_DISK_RESIZE_PROCEED": f"{_UPGRADE}confirmUpgradeDiskResize",
    "LM_VOLUME_UPGRADE_PROCEED": f"{_UPGRADE}LMVolumesUpgradeProceed",
    "UPGRADE_ABORT_ON_UNSUPPORTED_VER": f"{_UPGRADE}abortUnsupportedVer",
    "OVEHOSTED_CONFIGURATION_BACKUPFILE": f"{_UPGRADE}backupFileName",
    "OVEHOSTED_RB_BACKUP_DISK": "",
    # While it works
    "OVEHOSTED_INSTALLING_OS": "",
    "OVEHOSTED_OS_INSTALLED": "",
    "OVEHOSTED_OS_INSTALL_AGAIN": "",
    "OVEHOSTED_ENGINE_CHECK_AGAIN": "",
    "OVEHOSTED_ENGINE_UP": "",
    "OVEHOSTED_ENGINE_FA": "",
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
