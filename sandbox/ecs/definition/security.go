package definition

import "slices"

// checkSecurity takes the security options and capabilities that mean the same here: profiles of AppArmor and SELinux are
// files of a host of AWS.
func (t Task) checkSecurity(c Container) error {
	if len(c.DockerSecurityOptions) > 0 && slices.Contains(t.RequiresCompatibilities, "FARGATE") {
		return refuse("When requiresCompatibilities=FARGATE, dockerSecurityOptions are not supported: container '%s'.", c.Name)
	}
	for _, option := range c.DockerSecurityOptions {
		if option != "no-new-privileges" {
			return refuse("dockerSecurityOptions %q of container '%s' is not supported here: no-new-privileges", option, c.Name)
		}
	}
	if c.LinuxParameters == nil || c.LinuxParameters.Capabilities == nil {
		return nil
	}
	for _, name := range slices.Concat(c.LinuxParameters.Capabilities.Add, c.LinuxParameters.Capabilities.Drop) {
		if !slices.Contains(kernelCapabilities, name) {
			return refuse("Invalid capability '%s' of container '%s'.", name, c.Name)
		}
	}
	return nil
}

// kernelCapabilities are the values that ECS takes (API reference, KernelCapabilities, read in November 2026).
var kernelCapabilities = []string{
	"ALL", "AUDIT_CONTROL", "AUDIT_WRITE", "BLOCK_SUSPEND", "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID",
	"IPC_LOCK", "IPC_OWNER", "KILL", "LEASE", "LINUX_IMMUTABLE", "MAC_ADMIN", "MAC_OVERRIDE", "MKNOD", "NET_ADMIN",
	"NET_BIND_SERVICE", "NET_BROADCAST", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_ADMIN", "SYS_BOOT",
	"SYS_CHROOT", "SYS_MODULE", "SYS_NICE", "SYS_PACCT", "SYS_PTRACE", "SYS_RAWIO", "SYS_RESOURCE", "SYS_TIME",
	"SYS_TTY_CONFIG", "SYSLOG", "WAKE_ALARM",
}
