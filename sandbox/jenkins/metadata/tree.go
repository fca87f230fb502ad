package metadata

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

const (
	metaData    = "/latest/meta-data/"
	securityDir = metaData + "iam/security-credentials/"
	identity    = "/latest/dynamic/instance-identity/document"
)

// read returns what is at a path, false when nothing is.
func (s *Service) read(ctx context.Context, path string) (string, bool, error) {
	switch {
	case path == identity:
		text, err := s.document()
		return text, true, err
	case path+"/" == securityDir || path == securityDir:
		role, has, err := s.Role(ctx)
		return role.Name, has && err == nil, err
	case strings.HasPrefix(path, securityDir):
		return s.credentials(ctx, strings.TrimPrefix(path, securityDir))
	}
	values, err := s.values(ctx)
	if err != nil {
		return "", false, err
	}
	if text, found := values[strings.TrimPrefix(path, metaData)]; found && strings.HasPrefix(path, metaData) {
		return text, true, nil
	}
	return list(values, path)
}

// values are the simple ones, by their paths below meta-data.
func (s *Service) values(ctx context.Context) (map[string]string, error) {
	i := s.Instance
	values := map[string]string{
		"ami-id": i.Image, "hostname": i.HostName, "instance-id": i.ID, "instance-type": i.Type, "local-hostname": i.HostName,
		"local-ipv4": i.PrivateIP, "placement/availability-zone": i.Zone, "placement/region": i.Region,
		"services/domain": "amazonaws.com", "services/partition": "aws",
	}
	role, has, err := s.Role(ctx)
	if has && err == nil {
		values["iam/info"] = s.profile()
		values["iam/security-credentials/"+role.Name] = ""
	}
	return values, err
}

func (s *Service) profile() string {
	text, _ := json.MarshalIndent(map[string]string{ // strings always encode
		"Code": "Success", "LastUpdated": s.Clock.Now().UTC().Format(time.RFC3339), "InstanceProfileArn": s.Instance.Profile,
	}, "", "  ")
	return string(text)
}

// list names what lies in a folder, a line each, with a slash behind those that are folders themselves.
func list(values map[string]string, path string) (string, bool, error) {
	folder := strings.TrimSuffix(path, "/") + "/"
	if !strings.HasPrefix(folder, metaData) {
		return "", false, nil
	}
	var names []string
	for name := range values {
		rest, inside := strings.CutPrefix(metaData+name, folder)
		if !inside {
			continue
		}
		if first, _, deeper := strings.Cut(rest, "/"); deeper {
			rest = first + "/"
		}
		names = append(names, rest)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	return strings.Join(names, "\n"), len(names) > 0, nil
}

// document is the identity document, which is not signed here.
func (s *Service) document() (string, error) {
	text, err := json.MarshalIndent(struct {
		Instance
		Version string `json:"version"`
	}{s.Instance, "2017-09-30"}, "", "  ")
	return string(text), err
}
