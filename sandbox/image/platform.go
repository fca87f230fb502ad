package image

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/containerd/platforms"
)

// emulators are the names that the kernel's binfmt_misc has for processors, by their names in Go.
var emulators = map[string]string{
	"amd64": "x86_64", "arm64": "aarch64", "arm": "arm", "386": "i386", "riscv64": "riscv64", "ppc64le": "ppc64le", "s390x": "s390x",
}

// checkPlatform refuses a platform that the engine can neither run nor emulate: its containers would not start.
func (s *Service) checkPlatform(ctx context.Context, asked string) error {
	if asked == "" {
		return nil
	}
	want, err := platforms.Parse(asked)
	if err != nil {
		return fmt.Errorf("build.platform %q: %w", asked, err)
	}
	version, err := s.engine.ServerVersion(ctx)
	if err != nil {
		return fmt.Errorf("asking the Docker engine for its platform: %w", err)
	}
	if want.OS == version.Os && (want.Architecture == version.Arch || emulated(want.Architecture)) {
		return nil
	}
	return fmt.Errorf("build.platform %s: the engine runs %s/%s and has no emulation for %s: build for %s/%s, or register an emulator (QEMU, binfmt_misc)",
		asked, version.Os, version.Arch, want.Architecture, version.Os, version.Arch)
}

// emulated says whether this machine's kernel starts programs of the architecture through an emulator.
func emulated(arch string) bool {
	_, err := os.Stat(filepath.Join("/proc/sys/fs/binfmt_misc", "qemu-"+emulators[arch]))
	return err == nil && emulators[arch] != ""
}
