package engine

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"runtime"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/image"
)

// PauseImage makes sure of an image whose only program waits for a signal, and returns its name. A container of it holds
// the network of a task, as that of the ECS agent does, so that every other container may come and go.
func (e *Engine) PauseImage(ctx context.Context) (string, error) {
	name := e.pauseImage()
	_, err := e.docker.ImageInspect(ctx, name)
	if err == nil || !errdefs.IsNotFound(err) {
		return name, err
	}
	layer, err := pauseLayer(runtime.GOARCH)
	if err != nil {
		return "", err
	}
	made, err := e.docker.ImageImport(ctx, image.ImportSource{Source: layer, SourceName: "-"}, name, image.ImportOptions{
		Changes: []string{`ENTRYPOINT ["/pause"]`},
	})
	if err != nil {
		return "", fmt.Errorf("making the image %s: %w", name, err)
	}
	defer made.Close()
	return name, outcome(made)
}

func (e *Engine) pauseImage() string { return "slipway-pause:" + e.sandbox }

// removePauseImage removes the image, if there is one.
func (e *Engine) removePauseImage(ctx context.Context) error {
	_, err := e.docker.ImageRemove(ctx, e.pauseImage(), image.RemoveOptions{})
	if err != nil && !errdefs.IsNotFound(err) {
		return fmt.Errorf("removing the image %s: %w", e.pauseImage(), err)
	}
	return nil
}

func pauseLayer(architecture string) (io.Reader, error) {
	program, err := pauseProgram(architecture)
	if err != nil {
		return nil, err
	}
	var layer bytes.Buffer
	w := tar.NewWriter(&layer)
	if err := w.WriteHeader(&tar.Header{Name: "pause", Mode: 0o755, Size: int64(len(program))}); err != nil {
		return nil, err
	}
	if _, err := w.Write(program); err != nil {
		return nil, err
	}
	return &layer, w.Close()
}

// waiting are the instructions of a loop that asks the kernel to wait: pause(), or ppoll() of nothing where there is no pause.
var waiting = map[string]struct {
	machine uint16
	code    []byte
}{
	"amd64": {62, []byte{
		0xb8, 0x22, 0, 0, 0, // mov $34, %eax
		0x0f, 0x05, // syscall
		0xeb, 0xf7, // jmp to the first
	}},
	"arm64": {183, instructions(
		0xd2800928,                                                 // mov x8, #73
		0xd2800000, 0xd2800001, 0xd2800002, 0xd2800003, 0xd2800004, // mov x0 to x4, #0
		0xd4000001, // svc #0
		0x17fffff9, // b to the first
	)},
}

func instructions(words ...uint32) []byte {
	var code []byte
	for _, w := range words {
		code = binary.LittleEndian.AppendUint32(code, w)
	}
	return code
}

// pauseProgram is an ELF file with one segment: its two headers, and the instructions behind them.
func pauseProgram(architecture string) ([]byte, error) {
	own, known := waiting[architecture]
	if !known {
		return nil, fmt.Errorf("making a program that waits: it is not known for %s", architecture)
	}
	const base, headers = uint64(0x400000), 64 + 56
	size := uint64(headers + len(own.code))
	var file bytes.Buffer
	file.Write([]byte{0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	for _, field := range []any{
		uint16(2), own.machine, uint32(1), base + headers, uint64(64), uint64(0), uint32(0), // executable, entry, where the segment is told
		uint16(64), uint16(56), uint16(1), uint16(0), uint16(0), uint16(0),
		uint32(1), uint32(5), uint64(0), base, base, size, size, uint64(0x1000), // load, read and execute
	} {
		if err := binary.Write(&file, binary.LittleEndian, field); err != nil {
			return nil, err
		}
	}
	file.Write(own.code)
	return file.Bytes(), nil
}
