package config

import (
	"regexp"
	"slices"
	"strings"
)

// Words in place of a list of capabilities.
const (
	capabilitiesAll  = "ALL"
	capabilitiesNone = "none"
)

// defaultDrop are those of Docker's default capabilities that a web server has no use for, whoever it runs as: to forge
// packets, to make devices, to write to the kernel's audit log, to set capabilities of files and to change its root. A
// server that begins as root keeps what it needs to open port 80 and to become another user.
const defaultDrop = "AUDIT_WRITE,MKNOD,NET_RAW,SETFCAP,SYS_CHROOT"

// capabilityNames are the values that ECS takes (API reference, KernelCapabilities, read in November 2026).
var capabilityNames = strings.Fields(`ALL AUDIT_CONTROL AUDIT_WRITE BLOCK_SUSPEND CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID
	IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW
	SETFCAP SETGID SETPCAP SETUID SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE
	SYS_TIME SYS_TTY_CONFIG SYSLOG WAKE_ALARM`)

func setDropCapabilities(c *Config, value string) bool {
	if value == capabilitiesNone {
		return true
	}
	for _, field := range strings.Split(value, ",") {
		name := strings.TrimSpace(field)
		if !slices.Contains(capabilityNames, name) || slices.Contains(c.DropCapabilities, name) {
			return false
		}
		c.DropCapabilities = append(c.DropCapabilities, name)
	}
	return len(c.DropCapabilities) == 1 || !slices.Contains(c.DropCapabilities, capabilitiesAll)
}

var wholeZone = regexp.MustCompile(`\A(?:` + zonePattern + `)\z`)

const mostZones = 6

func setZoneNames(c *Config, value string) bool {
	for _, field := range strings.Split(value, ",") {
		zone := strings.TrimSpace(field)
		if !wholeZone.MatchString(zone) || slices.Contains(c.ZoneNames, zone) {
			return false
		}
		c.ZoneNames = append(c.ZoneNames, zone)
	}
	return len(c.ZoneNames) <= mostZones
}
