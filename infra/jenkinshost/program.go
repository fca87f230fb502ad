package jenkinshost

import (
	"crypto/sha256"
	"debug/buildinfo"
	"debug/elf"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"slipway/infra/config"
)

// Program is something that the host runs and does not build: slipway, or the Pulumi CLI.
type Program struct {
	name string
	// path is absolute, or relative to the current folder.
	path string
	// sha256 has 64 hexadecimal digits.
	sha256 string
	// source is what tells one program from another wherever it was built: the hash of slipway's source, the version of
	// Pulumi. It is empty for a program that does not say.
	source       string
	architecture string
}

// Programs are what the host gets.
type Programs struct{ Slipway, Pulumi Program }

// ReadPrograms finds slipway:workerBinary and slipway:pulumiBinary, relative to a folder, and checks that the host can run
// them.
func ReadPrograms(folder string, c *config.Config) (Programs, error) {
	var all Programs
	for _, p := range []struct {
		to          *Program
		name        string
		key, path   string
		identity    func(path string) string
		howToHaveIt string
	}{
		{&all.Slipway, "slipway", "workerBinary", c.WorkerBinary, sourceOf, "scripts/setup slipway"},
		{&all.Pulumi, "pulumi", "pulumiBinary", c.PulumiBinary, versionOf, "scripts/setup pulumi"},
	} {
		path := p.path
		if !filepath.IsAbs(path) {
			path = filepath.Join(folder, path)
		}
		architecture := config.ArchitectureOf(c.JenkinsInstanceType)
		sum, err := checkedSum(path, architecture)
		if err != nil {
			return Programs{}, &config.Error{Problems: []config.Problem{{Key: p.key, Value: p.path, Allowed: err.Error() + " (" + p.howToHaveIt + " builds one)"}}}
		}
		*p.to = Program{name: p.name, path: path, sha256: sum, source: p.identity(path), architecture: architecture}
	}
	return all, nil
}

// checkedSum refuses what would only show on the host, minutes later: another system's program, or another processor's.
func checkedSum(path, architecture string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("a program that can be read: %w", err)
	}
	defer file.Close()
	program, err := elf.NewFile(file)
	if err != nil {
		return "", fmt.Errorf("a program for Linux: %s is none: %w", path, err)
	}
	if want := machineOf(architecture); program.Machine != want {
		return "", fmt.Errorf("a program for %s, the architecture of slipway:jenkinsInstanceType: %s is for %s", want, path, program.Machine)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return "", fmt.Errorf("reading %s: %w", path, err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

func machineOf(architecture string) elf.Machine {
	if architecture == config.ArchitectureARM {
		return elf.EM_AARCH64
	}
	return elf.EM_X86_64
}

// stamp is the symbol under which Go's linker keeps the text that -X gave to the variable cli.source.
const stamp = "slipway/automation/cli.source.str"

// sourceOf reads the hash of the source that scripts/setup stamped a slipway with, of another processor too. It is empty
// without a stamp, or without symbols.
func sourceOf(path string) string {
	file, err := elf.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	symbols, err := file.Symbols()
	if err != nil {
		return ""
	}
	for _, s := range symbols {
		if s.Name == stamp && int(s.Section) < len(file.Sections) {
			section := file.Sections[s.Section]
			text := make([]byte, s.Size)
			_, err := section.ReadAt(text, int64(s.Value-section.Addr))
			if hash := strings.TrimRight(string(text), "\x00"); err == nil && isHash(hash) {
				return hash
			}
		}
	}
	return ""
}

func isHash(text string) bool {
	decoded, err := hex.DecodeString(text)
	return err == nil && len(decoded) == sha256.Size && strings.ToLower(text) == text
}

const pulumiModule = "github.com/pulumi/pulumi/pkg/v3"

// versionOf reads the version of a Pulumi CLI that was built from go.mod, such as v3.230.0; it is empty for any other.
func versionOf(path string) string {
	info, err := buildinfo.ReadFile(path)
	if err != nil || info.Main.Path != pulumiModule || !strings.HasPrefix(info.Main.Version, "v") {
		return ""
	}
	return info.Main.Version
}

// key is the same for the same source: a commit that changes nothing of the program, another folder and another release
// of Go make no new host.
func (p Program) key() string {
	identity := p.source
	if identity == "" {
		identity = p.sha256
	}
	return programPrefix + p.name + "-" + identity + "-" + p.architecture + "/" + p.name
}
