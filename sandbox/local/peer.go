package local

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// tables list the TCP sockets of this machine, the second those of programs that speak IPv6 (Linux, proc_pid_net(5)).
var tables = []string{"/proc/net/tcp", "/proc/net/tcp6"}

// looks is how often the tables are read before a connection is not found: a socket can be missed while others come and go.
const looks = 3

// Peer returns the user whose socket is at the other end of a connection within this machine. It is not known when the
// socket was closed already: what Linux says of such a one is no user.
func Peer(c net.Conn) (uid int, known bool) {
	remote, ok := c.RemoteAddr().(*net.TCPAddr)
	own, is := c.LocalAddr().(*net.TCPAddr)
	if !ok || !is {
		return 0, false
	}
	if uid, known, err := diag(remote.AddrPort(), own.AddrPort()); err == nil {
		return uid, known
	}
	for range looks {
		for _, table := range tables {
			if uid, known := search(table, remote.AddrPort(), own.AddrPort()); known {
				return uid, true
			}
		}
	}
	return 0, false
}

// search finds the owner of the socket between two addresses.
func search(table string, local, remote netip.AddrPort) (uid int, found bool) {
	f, err := os.Open(table)
	if err != nil {
		return 0, false
	}
	defer f.Close()
	wide := strings.HasSuffix(table, "6")
	key := written(local, wide) + " " + written(remote, wide) + " "
	for lines := bufio.NewScanner(f); lines.Scan(); {
		_, rest, _ := strings.Cut(lines.Text(), ": ")
		if !strings.HasPrefix(rest, key) {
			continue
		}
		// local remote state queues timer retransmits uid timeout inode …
		fields := strings.Fields(rest)
		if len(fields) < 9 || fields[8] == "0" {
			return 0, false // a socket that nobody holds any more
		}
		uid, err := strconv.Atoi(fields[6])
		return uid, err == nil
	}
	return 0, false
}

// written is an address as the tables have it: words of four bytes in the machine's order, a colon, the port.
func written(a netip.AddrPort, wide bool) string {
	var bytes []byte
	if wide {
		all := a.Addr().As16() // 127.0.0.1 as ::ffff:127.0.0.1
		bytes = all[:]
	} else {
		if !a.Addr().Unmap().Is4() {
			return "-"
		}
		all := a.Addr().Unmap().As4()
		bytes = all[:]
	}
	var b strings.Builder
	for ; len(bytes) > 0; bytes = bytes[4:] {
		fmt.Fprintf(&b, "%08X", binary.NativeEndian.Uint32(bytes))
	}
	fmt.Fprintf(&b, ":%04X", a.Port())
	return b.String()
}
