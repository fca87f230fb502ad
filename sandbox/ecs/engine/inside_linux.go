package engine

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// ListenInside listens in the network of a running container, on an address that it adds to the container's loopback
// interface: the image need not know of it. That takes root, and an engine on this machine.
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
	return net.Listen("tcp4", address.String())
}

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
