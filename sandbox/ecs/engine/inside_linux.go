package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// ListenInside takes the connections to an address in the network of a running container. The address is added to the
// container's loopback interface; the port stays free for the app, which may listen on it at every address: connections are
// led to insidePort. That takes root, iptables, and an engine on this machine.
func (e *Engine) ListenInside(ctx context.Context, id string, address netip.AddrPort) (net.Listener, error) {
	c, err := e.docker.ContainerInspect(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("looking at container %.12s: %w", id, err)
	}
	if c.State.Pid == 0 {
		return nil, fmt.Errorf("container %.12s has ended", id)
	}
	if err := ours(c.State.Pid, id); err != nil {
		return nil, err
	}
	type opened struct {
		net.Listener
		error
	}
	done := make(chan opened)
	go func() {
		runtime.LockOSThread() // for good: the thread, which is in another network, ends with the goroutine
		l, err := listenIn(c.State.Pid, address)
		done <- opened{l, err}
	}()
	o := <-done
	if o.error != nil {
		return nil, fmt.Errorf("listening inside container %.12s: %w", id, o.error)
	}
	return o.Listener, nil
}

// ours checks that a process is that of the container: that of an engine elsewhere has the number of somebody else here.
func ours(pid int, id string) error {
	mounts, err := os.ReadFile(fmt.Sprintf("/proc/%d/mountinfo", pid))
	if err != nil {
		return fmt.Errorf("container %.12s does not run on this machine: %w", id, err)
	}
	if !bytes.Contains(mounts, []byte(id)) {
		return fmt.Errorf("container %.12s does not run on this machine", id)
	}
	return nil
}

func listenIn(pid int, address netip.AddrPort) (net.Listener, error) {
	namespace, err := os.Open(fmt.Sprintf("/proc/%d/ns/net", pid))
	if err != nil {
		return nil, err
	}
	defer namespace.Close()
	if err := unix.Setns(int(namespace.Fd()), unix.CLONE_NEWNET); err != nil {
		return nil, fmt.Errorf("entering its network: %w", err)
	}
	if err := addAddress(address.Addr()); err != nil {
		return nil, fmt.Errorf("adding %s to its loopback interface: %w", address.Addr(), err)
	}
	to := netip.AddrPortFrom(address.Addr(), insidePort)
	l, err := net.Listen("tcp4", to.String())
	if err != nil {
		return nil, err
	}
	if err := lead(address, to); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// insidePort is where the ECS agent serves credentials too; it reserves the port for itself (ECS developer guide, "PortMapping",
// November 2026).
const insidePort = 51679

// lead sends connections from within the current network to one address to another. The engine needs iptables as well.
func lead(from, to netip.AddrPort) error {
	ctx, cancel := context.WithTimeout(context.Background(), leadTime)
	defer cancel()
	out, err := exec.CommandContext(ctx, "iptables", "--wait", "--table", "nat", "--insert", "OUTPUT", "--destination", from.Addr().String(),
		"--protocol", "tcp", "--dport", strconv.Itoa(int(from.Port())), "--jump", "DNAT", "--to-destination", to.String()).CombinedOutput()
	if err != nil {
		return fmt.Errorf("leading %s to %s with iptables: %w: %s", from, to, err, bytes.TrimSpace(out))
	}
	return nil
}

// leadTime bounds the wait for the lock that all iptables of a machine share.
const leadTime = 10 * time.Second

// addAddress gives the loopback interface one more address. One that it has already is no error.
func addAddress(address netip.Addr) error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(socket)
	for _, set := range []struct {
		request uint
		value   netip.Addr
	}{{unix.SIOCSIFADDR, address}, {unix.SIOCSIFNETMASK, netip.MustParseAddr("255.255.255.255")}} {
		r, err := unix.NewIfreq("lo:ecs")
		if err != nil {
			return err
		}
		if err := r.SetInet4Addr(set.value.AsSlice()); err != nil {
			return err
		}
		if err := unix.IoctlIfreq(socket, set.request, r); err != nil {
			return err
		}
	}
	return nil
}
