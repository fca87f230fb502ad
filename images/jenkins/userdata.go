// Package jenkins renders the user data of the Jenkins host: everything that makes an instance of Amazon Linux 2023 a
// Jenkins that builds and deploys what CodePipeline hands to its worker.
package jenkins

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"

	"gopkg.in/yaml.v3"
)

// limit is how many bytes of user data EC2 takes, before they are coded as base64.
const limit = 16 << 10

// UserDataBase64 returns the cloud-config compressed by gzip and coded as base64: what goes into userDataBase64 of an
// instance. It is compressed because EC2 takes 16 KiB, and cloud-init unpacks it. The same args give the same text.
func UserDataBase64(args Args) (string, error) {
	text, err := CloudConfig(args)
	if err != nil {
		return "", err
	}
	packed, err := pack(text)
	if err != nil {
		return "", fmt.Errorf("compressing the user data of the Jenkins host: %w", err)
	}
	if len(packed) > limit {
		return "", fmt.Errorf("the user data of the Jenkins host has %d bytes when it is compressed, and EC2 takes %d", len(packed), limit)
	}
	return base64.StdEncoding.EncodeToString(packed), nil
}

func pack(text string) ([]byte, error) {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write([]byte(text)); err != nil {
		return nil, err
	}
	err = w.Close()
	return packed.Bytes(), err
}

const hostName = "slipway-jenkins"

// cloudConfig is the document as cloud-init reads it.
type cloudConfig struct {
	// Hostname is the same for every host of a stack: what holds a lock in the name of the one before is known to be
	// of this host.
	Hostname   string            `yaml:"hostname"`
	PreferFQDN bool              `yaml:"prefer_fqdn_over_hostname"`
	Output     map[string]string `yaml:"output"`
	WriteFiles []writeFile       `yaml:"write_files"`
	RunCmd     [][]string        `yaml:"runcmd"`
}

type writeFile struct {
	Path        string `yaml:"path"`
	Permissions string `yaml:"permissions"`
	Content     string `yaml:"content"`
}

// CloudConfig returns the `#cloud-config` document as a person reads it. Its one command is boot, so that the exit code
// of the boot is that of cloud-init, and what it prints goes to journald, to the console and to a file.
func CloudConfig(args Args) (string, error) {
	if err := args.check(); err != nil {
		return "", fmt.Errorf("the user data of the Jenkins host cannot be made:\n%w", err)
	}
	config := cloudConfig{
		Hostname: hostName, // cloud-init would keep the instance's own with preserve_hostname, or prefer its full name
		Output:   map[string]string{"all": "| tee -a /var/log/cloud-init-output.log"},
		RunCmd:   [][]string{{"/usr/local/libexec/slipway/boot"}},
	}
	for _, f := range files(args) {
		content, err := f.render(args)
		if err != nil {
			return "", fmt.Errorf("making the user data of the Jenkins host: %w", err)
		}
		permissions := "0644"
		if f.executable {
			permissions = "0755"
		}
		config.WriteFiles = append(config.WriteFiles, writeFile{f.path, permissions, content})
	}
	text, err := yaml.Marshal(config)
	return "#cloud-config\n" + string(text), err
}
