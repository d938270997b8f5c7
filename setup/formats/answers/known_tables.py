"""The keys that oVirt's answer files may hold, as tables: `GROUP/name name ...|type|what it is|values that agree with us`.

The last column is there where another value asks for something that this program does not do; `secret` stands there too.
"""

from __future__ import annotations

OTOPI = """
BASE/error aborted debug log|bool|the state of an otopi run
BASE/exitCode exceptionInfo suppressEnvironmentKeys|multi-str|the state of an otopi run
BASE/pluginPath pluginGroups executionDirectory|str|where otopi finds its plugins
CORE/mainTransaction internalPackageTransaction|str|the transactions of an otopi run
CORE/modifiedFiles|multi-str|the files that an otopi run has changed
CORE/logDir logFileName logFileNamePrefix|str|where otopi writes its log
CORE/logFilter|multi-str|what otopi leaves out of its log|secret
CORE/logFilterKeys logFilterRe logFilterQuestions logFilterQuestionsKeys|multi-str|what otopi leaves out of its log
CORE/logRemoveAtExit|bool|whether otopi's log is removed at the end
CORE/configFileName configFileAppend|str|answer files, separated by colons
DIALOG/dialect|str|the form of otopi's dialog, human or machine
DIALOG/customization autoAcceptDefault|bool|how otopi asks
DIALOG/boundary cliVersion|str|the form of otopi's machine dialog
DIALOG/answerFile answerFileContent|str|where otopi writes the answers to its dialogs
SYSTEM/reboot rebootAllow clockSet|bool|what otopi does with the host|false
SYSTEM/rebootDeferTime clockMaxGap|int|what otopi does with the host
SYSTEM/commandPath|str|where otopi looks for programs
NETWORK/iptablesEnable firewalldEnable firewalldAvailable sshEnable|bool|what otopi writes for the firewall and for SSH
NETWORK/iptablesRules firewalldDisableServices|multi-str|what otopi writes for the firewall
NETWORK/sshKey sshUser|str|the SSH key that otopi lets in
PACKAGER/dnfpackagerEnabled yumpackagerEnabled yumEnabled|bool|how otopi installs packages
PACKAGER/keepAliveInterval dnfDisabledPlugins yumDisabledPlugins|str|how otopi installs packages
"""

HOSTED_ENGINE_1 = """
OVEHOSTED_CORE/userAnswerFile etcAnswerFile|str|where hosted-engine --deploy writes its answers
OVEHOSTED_CORE/checkRequirements|bool|whether least sizes are checked; here HC_CORE/skipChecks|true
OVEHOSTED_CORE/additionalHostEnabled|bool|whether a hosted engine was found on the storage
OVEHOSTED_CORE/isAdditionalHost additionalHostReDeployment|bool|whether this is an additional host; here the verb add-host|false
OVEHOSTED_CORE/tempDir|str|a folder for unpacking the appliance
OVEHOSTED_CORE/deployProceed screenProceed|bool|a confirmation before the first question|true
OVEHOSTED_CORE/confirmSettings|bool|the confirmation of the settings
OVEHOSTED_CORE/skipTTYCheck nodeSetup|bool|how hosted-engine --deploy was started
OVEHOSTED_NETWORK/bridgeIf|str|the network card of the management bridge
OVEHOSTED_NETWORK/bridgeName|str|the management bridge
OVEHOSTED_NETWORK/host_name|str|the name of the host
OVEHOSTED_NETWORK/fqdn|str|the name of the engine
OVEHOSTED_NETWORK/fqdnReverseValidation|bool|whether names have to resolve in reverse
OVEHOSTED_NETWORK/firewallManager|str|the firewall that hosted-engine --deploy sets up
OVEHOSTED_NETWORK/gateway|str|the gateway
OVEHOSTED_NETWORK/firewalldServices firewalldSubst|multi-str|firewalld services of hosted-engine --deploy
OVEHOSTED_NETWORK/sshdPort|int|the port of sshd, for the engine|22
OVEHOSTED_NETWORK/promptRequiredNetworks refuseDeployingWithNM|bool|how hosted-engine --deploy takes networks
OVEHOSTED_ENGINE/adminPassword|str|the password of admin|secret
OVEHOSTED_ENGINE/appHostName|str|the name of the host in the engine
OVEHOSTED_ENGINE/clusterName|str|the cluster of the host in the engine|Default
OVEHOSTED_ENGINE/temporaryCertificate|str|a file of hosted-engine --deploy
OVEHOSTED_ENGINE/promptNonOperational insecureSSL forceCreateVG|bool|how hosted-engine --deploy talks to the engine and to LUNs
OVEHOSTED_ENGINE/engineSetupTimeout|int|the time that engine-setup gets
OVEHOSTED_STORAGE/hostID|int|the host id
OVEHOSTED_STORAGE/domainType|str|the type of the storage
OVEHOSTED_STORAGE/storageDomainConnection|str|the storage
OVEHOSTED_STORAGE/storageDomainName|str|the name of the storage domain
OVEHOSTED_STORAGE/storageDatacenterName|str|the name of the temporary storage pool
OVEHOSTED_STORAGE/mntOptions|str|mount options
OVEHOSTED_STORAGE/connectionUUID sdUUID imgUUID volUUID|str|an id on the storage
OVEHOSTED_STORAGE/spUUID fakeMasterSdUUID fakeMasterSdConnUUID|str|the temporary storage pool
OVEHOSTED_STORAGE/imgSizeGB|int|the size of the engine's disk
OVEHOSTED_STORAGE/imgDesc|str|the description of the engine's disk
OVEHOSTED_STORAGE/confImageSizeGB|int|the size of the configuration volume|1
OVEHOSTED_STORAGE/confImageUUID confVolUUID metadataImageUUID metadataVolumeUUID|str|an id on the storage
OVEHOSTED_STORAGE/lockspaceImageUUID lockspaceVolumeUUID|str|an id on the storage
OVEHOSTED_STORAGE/storageAnswerFileContent storageHEConfContent|str|texts of the shared configuration|secret
OVEHOSTED_STORAGE/brokerConfContent vmConfContent|str|texts of the shared configuration|secret
OVEHOSTED_STORAGE/glusterProvisioningEnabled|bool|whether hosted-engine --deploy makes the volume|false
OVEHOSTED_STORAGE/glusterBrick glusterProvisionedShareName|str|the volume that hosted-engine --deploy would make
OVEHOSTED_STORAGE/iSCSIPortalIPAddress iSCSIPortalPort iSCSIPortal iSCSIPortalUser iSCSITargetName|str|an iSCSI storage
OVEHOSTED_STORAGE/iSCSIPortalPassword|str|a password of an iSCSI storage|secret
OVEHOSTED_STORAGE/LunID vgUUID GUID|str|a block storage
OVEHOSTED_STORAGE/blockDeviceSizeGB|int|the size of a block storage
OVEHOSTED_VM/vmUUID nicUUID cdromUUID consoleUUID|str|an id of the engine VM
OVEHOSTED_VM/vmMemSizeMB|int|the memory of the engine VM
OVEHOSTED_VM/vmVCpus|str|the CPUs of the engine VM
OVEHOSTED_VM/applianceVCpus applianceMem|str|what the appliance asks for
OVEHOSTED_VM/vmMACAddr|str|the MAC address of the engine VM
OVEHOSTED_VM/vmBoot|str|what the engine VM boots from|disk
OVEHOSTED_VM/vmCDRom|str|a CD for the engine VM|none
OVEHOSTED_VM/emulatedMachine|str|the machine type of the engine VM
OVEHOSTED_VM/ovfArchive|str|the appliance
OVEHOSTED_VM/subst|multi-str|values for vm.conf
OVEHOSTED_VM/automateVMShutdown|bool|whether the engine VM is restarted without asking|true
OVEHOSTED_VM/cloudInitISO|str|whether cloud-init is used
OVEHOSTED_VM/cloudinitRootPwd|str|the password of root in the engine VM|secret
OVEHOSTED_VM/cloudinitInstanceHostName|str|the name of the engine VM
OVEHOSTED_VM/cloudinitInstanceDomainName|str|the domain of the engine VM
OVEHOSTED_VM/cloudinitExecuteEngineSetup|bool|whether engine-setup is run|true
OVEHOSTED_VM/cloudinitVMStaticCIDR cloudinitVMDNS|str|the network of the engine VM
OVEHOSTED_VM/cloudinitVMETCHOSTS|bool|whether this host goes into the engine VM's /etc/hosts
OVEHOSTED_VDSM/passwd|str|the password of the engine VM's console|secret
OVEHOSTED_VDSM/passwdValiditySecs|str|how long that password is valid
OVEHOSTED_VDSM/consoleType cpu|str|the engine VM's console and CPU model
OVEHOSTED_VDSM/engineCpu|str|the engine's name of the CPU type
OVEHOSTED_VDSM/serviceName vdsmUid kvmGid vdscli|str|VDSM
OVEHOSTED_VDSM/useSSL|bool|whether VDSM uses TLS
OVEHOSTED_VDSM/pkiSubject caSubject spicePkiSubject|str|subjects of VDSM's certificates
OVEHOSTED_VDSM/glusterMinimumVersion|str|the least version of GlusterFS
OVEHOSTED_SANLOCK/serviceName lockspaceName|str|sanlock
OVEHOSTED_NOTIF/smtpServer smtpPort sourceEmail destEmail|str|notification mails
OVEHOSTED_FIRST_HOST/skipSharedStorageAF deployWithHE35Hosts|bool|how hosted-engine --deploy adds a host to an old deployment
"""

HOSTED_ENGINE_2 = """
OVEHOSTED_CORE/restoreFromFile|str|a backup of an engine to restore, which this program does not do|none
OVEHOSTED_CORE/renewPKIonRestore pauseonRestore|bool|how a backup is restored
OVEHOSTED_CORE/localVMDir|str|a folder of the temporary engine VM of hosted-engine --deploy
OVEHOSTED_CORE/forceIpProceed miscReached enableKeycloak memCheckRequirements|bool|how hosted-engine --deploy continues
OVEHOSTED_CORE/ansibleUserExtraVars|str|variables for the playbooks of hosted-engine --deploy|none
OVEHOSTED_NETWORK/network_test|str|how the hosts test their network
OVEHOSTED_NETWORK/network_test_tcp_address network_test_tcp_port|str|how the hosts test their network
OVEHOSTED_NETWORK/allowInvalidBondModes|bool|whether any bond mode is taken
OVEHOSTED_NETWORK/forceIPv4 forceIPv6|bool|the IP version that is forced|false
OVEHOSTED_ENGINE/adminUsername|str|the name of the engine's user admin|admin@internal admin
OVEHOSTED_ENGINE/interactiveAdminPassword|bool|whether the password was typed
OVEHOSTED_ENGINE/datacenterName|str|the data centre of the host in the engine|Default
OVEHOSTED_ENGINE/enableHcGlusterService enableLibgfapi|bool|what the engine's cluster does with GlusterFS
OVEHOSTED_ENGINE/allowGlusterReplicaOne|bool|whether a volume without replicas is taken|false
OVEHOSTED_STORAGE/nfsVersion|str|the version of NFS
OVEHOSTED_STORAGE/qcowSizeGB ovfSizeGB|int|sizes of the appliance
OVEHOSTED_STORAGE/discardSupport|bool|whether a block storage is told what is free
OVEHOSTED_STORAGE/iSCSIDiscoverUser|str|an iSCSI storage
OVEHOSTED_STORAGE/iSCSIDiscoverPassword|str|a password of an iSCSI storage|secret
OVEHOSTED_VM/localVmUUID|str|the temporary engine VM of hosted-engine --deploy
OVEHOSTED_VM/maxVCpus|str|the most CPUs of the engine VM
OVEHOSTED_VM/applianceVersion|str|the version of the appliance
OVEHOSTED_VM/acceptDownloadEApplianceRPM|bool|whether the appliance may be downloaded
OVEHOSTED_VM/rootSshAccess|str|whether root may log in to the engine VM|yes
OVEHOSTED_VM/rootSshPubkey|str|root's SSH key in the engine VM
OVEHOSTED_VM/applyOpenScapProfile enableFips|bool|a security profile of the engine VM|false
OVEHOSTED_VM/OpenScapProfileName|str|a security profile of the engine VM
OVEHOSTED_VM/cloudinitVMTZ|str|the time zone of the engine VM
"""

# Keys that only some releases between 1.0 and 2.3 had: two hosts' first deployments, upgrades and rollbacks, the first
# steps of the flow that works by Ansible.
OF_OLD_FLOWS = """
OVEHOSTED_CORE/answerFile|str|where hosted-engine --deploy writes its answers
OVEHOSTED_CORE/ansibleDeployment|bool|by which of its two flows hosted-engine --deploy deploys
OVEHOSTED_CORE/upgradingAppliance upgradeProceed|bool|an upgrade of the appliance|false
OVEHOSTED_CORE/rollbackUpgrade rollbackProceed|bool|rolling back an upgrade of the appliance|false
OVEHOSTED_FIRST_HOST/fetchAnswer|bool|whether the answers are fetched from the first host; here the verb add-host|false
OVEHOSTED_FIRST_HOST/fqdn|str|the first host, of which the answers are fetched; here the verb add-host
OVEHOSTED_FIRST_HOST/sshdPort|int|the SSH port of the first host; here the verb add-host
OVEHOSTED_FIRST_HOST/rootPassword|str|the password of root on the first host|secret
OVEHOSTED_STORAGE/imgAlias|str|the alias of the engine's disk
OVEHOSTED_STORAGE/storageType|int|VDSM's number of the storage type
OVEHOSTED_STORAGE/iSCSILunId|str|an iSCSI storage
OVEHOSTED_UPGRADE/backupFileName dstBackupFileName|str|an upgrade of the appliance
OVEHOSTED_UPGRADE/backupImgUUID backupVolUUID prevImgUUID prevVolUUID|str|an upgrade of the appliance
OVEHOSTED_UPGRADE/backupImgSizeGB|int|an upgrade of the appliance
OVEHOSTED_UPGRADE/restoreDwh restoreReports extend_volume createLMVolumes abortUnsupportedVer|bool|an upgrade of the appliance
OVEHOSTED_UPGRADE/confirmUpgradeSuccess confirmUpgradeDiskResize confirmDiskSwitch|bool|an upgrade of the appliance
OVEHOSTED_UPGRADE/LMVolumesUpgradeProceed|bool|an upgrade of the appliance
OVEHOSTED_AC/type body debug info warning error result|str|what the Ansible callback of hosted-engine --deploy writes
OVEHOSTED_VDSM/vdsClient|str|VDSM
OVEHOSTED_VM/cloudinitHostIP|str|the address of this host for the engine VM's /etc/hosts, which is found out
"""
