"""The variables of Ansible's role `hosted_engine_setup` (`he_*`), and which key each of them answers.

After the role in ovirt-ansible-collection 3.2, and the files of gluster-ansible that are made for it. A name without a key is
known, and says nothing that is of use here.
"""

from __future__ import annotations

PREFIX = "he_"
MOST_THERE_IS = "max"  # he_mem_size_MB and he_vcpus: what the role finds out itself

_VM, _NETWORK, _STORAGE, _NOTIF = "OVEHOSTED_VM/", "OVEHOSTED_NETWORK/", "OVEHOSTED_STORAGE/", "OVEHOSTED_NOTIF/"
_CORE, _ENGINE = "OVEHOSTED_CORE/", "OVEHOSTED_ENGINE/"

JOINED = {
    "he_storage_domain_addr": ("he_storage_domain_path", ":"),
    "he_vm_ip_addr": ("he_vm_ip_prefix", "/"),
}
"""Two variables that are one answer here: the second, and what stands between them."""

_WITHOUT_A_KEY = """
he_storage_domain_path he_vm_ip_prefix he_storage_if he_vm_name he_vm_uuid he_vm_efi_boot_flags he_vm_boot_flags he_use_uefi
he_local_vm_dir he_local_vm_dir_path he_local_vm_dir_prefix he_appliance_type he_appliance_package he_cdrom he_video_device
he_graphic_device he_minimal_mem_size_MB he_minimal_disk_size_GB he_ansible_host_name he_ipv4_subnet_prefix he_ipv6_subnet_prefix
he_webui_forward_port he_reserved_memory_MB he_avail_memory_grace_MB he_host_ip he_pause_before_engine_setup
he_pause_after_failed_add_host he_pause_after_failed_restore he_debug_mode he_remove_appliance_rpm
he_just_collect_network_interfaces he_libvirt_authfile he_offline_deployment he_cmd_lang he_additional_package_list
he_cluster_cpu_type he_cluster_comp_version he_data_center_comp_version he_db_password he_dwh_db_password
"""

VARIABLES: dict[str, str] = {
    "he_fqdn": f"{_NETWORK}fqdn",
    "he_bridge_if": f"{_NETWORK}bridgeIf",
    "he_mgmt_network": f"{_NETWORK}bridgeName",
    "he_gateway": f"{_NETWORK}gateway",
    "he_default_gateway": f"{_NETWORK}gateway",
    "he_network_test": f"{_NETWORK}network_test",
    "he_tcp_t_address": f"{_NETWORK}network_test_tcp_address",
    "he_tcp_t_port": f"{_NETWORK}network_test_tcp_port",
    "he_host_address": f"{_NETWORK}host_name",
    "he_force_ip4": f"{_NETWORK}forceIPv4",
    "he_force_ip6": f"{_NETWORK}forceIPv6",
    "he_domain_type": f"{_STORAGE}domainType",
    "he_storage_domain_addr": f"{_STORAGE}storageDomainConnection",
    "he_storage_domain_name": f"{_STORAGE}storageDomainName",
    "he_mount_options": f"{_STORAGE}mntOptions",
    "he_disk_size_GB": f"{_STORAGE}imgSizeGB",
    "he_nfs_version": f"{_STORAGE}nfsVersion",
    "he_discard": f"{_STORAGE}discardSupport",
    "he_lun_id": f"{_STORAGE}LunID",
    "he_iscsi_portal_addr": f"{_STORAGE}iSCSIPortalIPAddress",
    "he_iscsi_portal_port": f"{_STORAGE}iSCSIPortalPort",
    "he_iscsi_tpgt": f"{_STORAGE}iSCSIPortal",
    "he_iscsi_target": f"{_STORAGE}iSCSITargetName",
    "he_iscsi_username": f"{_STORAGE}iSCSIPortalUser",
    "he_iscsi_password": f"{_STORAGE}iSCSIPortalPassword",
    "he_iscsi_discover_username": f"{_STORAGE}iSCSIDiscoverUser",
    "he_iscsi_discover_password": f"{_STORAGE}iSCSIDiscoverPassword",
    "he_appliance": f"{_VM}ovfArchive",
    "he_appliance_ova": f"{_VM}ovfArchive",
    "he_appliance_password": f"{_VM}cloudinitRootPwd",
    "he_mem_size_MB": f"{_VM}vmMemSizeMB",
    "he_vcpus": f"{_VM}vmVCpus",
    "he_maxvcpus": f"{_VM}maxVCpus",
    "he_vm_mac_addr": f"{_VM}vmMACAddr",
    "he_vm_ip_addr": f"{_VM}cloudinitVMStaticCIDR",
    "he_dns_addr": f"{_VM}cloudinitVMDNS",
    "he_vm_etc_hosts": f"{_VM}cloudinitVMETCHOSTS",
    "he_cloud_init_host_name": f"{_VM}cloudinitInstanceHostName",
    "he_cloud_init_domain_name": f"{_VM}cloudinitInstanceDomainName",
    "he_time_zone": f"{_VM}cloudinitVMTZ",
    "he_root_ssh_pubkey": f"{_VM}rootSshPubkey",
    "he_root_ssh_access": f"{_VM}rootSshAccess",
    "he_emulated_machine": f"{_VM}emulatedMachine",
    "he_nic_uuid": f"{_VM}nicUUID",
    "he_cdrom_uuid": f"{_VM}cdromUUID",
    "he_apply_openscap_profile": f"{_VM}applyOpenScapProfile",
    "he_openscap_profile_name": f"{_VM}OpenScapProfileName",
    "he_enable_fips": f"{_VM}enableFips",
    "he_console_type": "OVEHOSTED_VDSM/consoleType",
    "he_admin_password": f"{_ENGINE}adminPassword",
    "he_admin_username": f"{_ENGINE}adminUsername",
    "he_host_name": f"{_ENGINE}appHostName",
    "he_cluster": f"{_ENGINE}clusterName",
    "he_data_center": f"{_ENGINE}datacenterName",
    "he_enable_hc_gluster_service": f"{_ENGINE}enableHcGlusterService",
    "he_enable_libgfapi": f"{_ENGINE}enableLibgfapi",
    "he_enable_keycloak": f"{_CORE}enableKeycloak",
    "he_restore_from_file": f"{_CORE}restoreFromFile",
    "he_pki_renew_on_restore": f"{_CORE}renewPKIonRestore",
    "he_pause_host": f"{_CORE}pauseonRestore",
    "he_requirements_check_enabled": f"{_CORE}checkRequirements",
    "he_memory_requirements_check_enabled": f"{_CORE}memCheckRequirements",
    "he_smtp_server": f"{_NOTIF}smtpServer",
    "he_smtp_port": f"{_NOTIF}smtpPort",
    "he_source_email": f"{_NOTIF}sourceEmail",
    "he_dest_email": f"{_NOTIF}destEmail",
    **dict.fromkeys(_WITHOUT_A_KEY.split(), ""),
}

OF_OTHER_ROLES = ("gluster_", "hc_nodes", "ovirt_")
"""How variables of other roles begin that stand in the same files, and their groups of hosts."""
