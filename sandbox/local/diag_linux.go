package local

import (
	"encoding/binary"
	"errors"
	"net/netip"

	"golang.org/x/sys/unix"
)

// Sizes in bytes of what sock_diag(7) is asked and answers (linux/inet_diag.h: inet_diag_req_v2, inet_diag_msg).
const (
	requestSize = unix.SizeofNlMsghdr + 56
	answerSize  = unix.SizeofNlMsghdr + 72
)

// diag asks the kernel for the one socket between two addresses of IPv4. The tables below /proc are written piece by
// piece, and miss a socket while others come and go; this answer is of one moment. The error is errors.ErrUnsupported
// where the kernel does not answer such questions.
func diag(local, remote netip.AddrPort) (uid int, found bool, err error) {
	s, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return 0, false, errors.ErrUnsupported
	}
	defer unix.Close(s)
	if err := unix.Sendto(s, question(local, remote), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return 0, false, errors.ErrUnsupported
	}
	answer := make([]byte, 4096)
	n, _, err := unix.Recvfrom(s, answer, 0)
	if err != nil || n < unix.SizeofNlMsghdr+4 {
		return 0, false, errors.ErrUnsupported
	}
	if binary.NativeEndian.Uint16(answer[4:]) == unix.NLMSG_ERROR {
		if code := int32(binary.NativeEndian.Uint32(answer[unix.SizeofNlMsghdr:])); -code != int32(unix.ENOENT) {
			return 0, false, errors.ErrUnsupported
		}
		return 0, false, nil
	}
	if n < answerSize {
		return 0, false, errors.ErrUnsupported
	}
	message := answer[unix.SizeofNlMsghdr:]
	inode := binary.NativeEndian.Uint32(message[68:]) // 0 for a socket that nobody holds any more
	return int(binary.NativeEndian.Uint32(message[64:])), inode != 0, nil
}

func question(local, remote netip.AddrPort) []byte {
	q := make([]byte, requestSize)
	binary.NativeEndian.PutUint32(q[0:], requestSize)
	binary.NativeEndian.PutUint16(q[4:], unix.SOCK_DIAG_BY_FAMILY)
	binary.NativeEndian.PutUint16(q[6:], unix.NLM_F_REQUEST)
	r := q[unix.SizeofNlMsghdr:]
	r[0], r[1] = unix.AF_INET, unix.IPPROTO_TCP
	binary.NativeEndian.PutUint32(r[4:], 0xFFFFFFFF) // in any state
	id := r[8:]
	binary.BigEndian.PutUint16(id[0:], local.Port())
	binary.BigEndian.PutUint16(id[2:], remote.Port())
	from, to := local.Addr().Unmap().As4(), remote.Addr().Unmap().As4()
	copy(id[4:], from[:])
	copy(id[20:], to[:])
	binary.NativeEndian.PutUint64(id[40:], ^uint64(0)) // whatever its cookie is
	return q
}
