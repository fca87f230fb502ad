//go:build !linux

package local

import (
	"errors"
	"net/netip"
)

func diag(_, _ netip.AddrPort) (uid int, found bool, err error) {
	return 0, false, errors.ErrUnsupported
}
