package ecr

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

type scanFindingsRequest struct {
	named
	paging
	ID imageID `json:"imageId"`
}

// scanAnswer is also what a file of findings holds: what `aws ecr describe-image-scan-findings` prints of these members.
type scanAnswer struct {
	RegistryID string       `json:"registryId,omitempty"`
	Repository string       `json:"repositoryName,omitempty"`
	ID         *imageID     `json:"imageId,omitempty"`
	Status     scanStatus   `json:"imageScanStatus"`
	Findings   scanFindings `json:"imageScanFindings"`
	NextToken  string       `json:"nextToken,omitempty"`
}

type scanStatus struct {
	Status      string `json:"status"`
	Description string `json:"description,omitempty"`
}

type scanFindings struct {
	Basic    []basicFinding    `json:"findings,omitempty"`
	Enhanced []enhancedFinding `json:"enhancedFindings,omitempty"`
	Counts   map[string]int    `json:"findingSeverityCounts"`
}

type basicFinding struct {
	Name        string          `json:"name"`
	Severity    string          `json:"severity"`
	Description string          `json:"description,omitempty"`
	URI         string          `json:"uri,omitempty"`
	Attributes  []findingDetail `json:"attributes,omitempty"`
}

type findingDetail struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

type enhancedFinding struct {
	Title        string        `json:"title,omitempty"`
	Severity     string        `json:"severity"`
	Description  string        `json:"description,omitempty"`
	FixAvailable string        `json:"fixAvailable,omitempty"`
	Type         string        `json:"type,omitempty"`
	Status       string        `json:"status,omitempty"`
	Details      vulnerability `json:"packageVulnerabilityDetails"`
}

type vulnerability struct {
	ID        string              `json:"vulnerabilityId"`
	Source    string              `json:"source,omitempty"`
	SourceURL string              `json:"sourceUrl,omitempty"`
	Packages  []vulnerablePackage `json:"vulnerablePackages,omitempty"`
}

type vulnerablePackage struct {
	Name           string `json:"name"`
	Version        string `json:"version,omitempty"`
	FixedInVersion string `json:"fixedInVersion,omitempty"`
	PackageManager string `json:"packageManager,omitempty"`
}

// describeImageScanFindings answers what a file says that a scanner found in the image; there is no scanner here. Without a
// file, or in a repository that is not scanned on push, the image has no scan.
func (s *Service) describeImageScanFindings(_ context.Context, in scanFindingsRequest) (out scanAnswer, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, err := s.repository(in.Repository)
	if err != nil {
		return out, err
	}
	i, found, err := s.find(in.Repository, in.ID)
	if err == nil && !found {
		err = noImage(in.Repository, in.ID)
	}
	if err != nil {
		return out, err
	}
	out, scanned, err := s.findings(i)
	if err == nil && (!scanned || !r.scanning().ScanOnPush) {
		err = awsapi.Errorf("ScanNotFoundException",
			"Image scan does not exist for the image with '%s' in the repository with name '%s' in the registry with id '%s'",
			in.ID, in.Repository, naming.Account)
	}
	if err != nil {
		return scanAnswer{}, err
	}
	out.RegistryID, out.Repository, out.ID = naming.Account, i.Repository, &imageID{Digest: i.Digest, Tag: in.ID.Tag}
	return out, out.cut(in.paging)
}

// cut leaves one page of whichever findings there are.
func (a *scanAnswer) cut(p paging) (err error) {
	a.Findings.Counts = map[string]int{}
	for _, f := range a.Findings.Basic {
		a.Findings.Counts[f.Severity]++
	}
	for _, f := range a.Findings.Enhanced {
		a.Findings.Counts[f.Severity]++
	}
	if len(a.Findings.Enhanced) > 0 {
		a.Findings.Enhanced, a.NextToken, err = page(a.Findings.Enhanced, p)
		return err
	}
	a.Findings.Basic, a.NextToken, err = page(a.Findings.Basic, p)
	return err
}

// findingsDir is in the folder of the registry: findings/REPOSITORY/TAG.json, or the hexadecimal digits of the digest in
// place of a tag.
const findingsDir = "findings"

// findings reads the file of an image.
func (s *Service) findings(i image) (out scanAnswer, scanned bool, err error) {
	for _, name := range append([]string{strings.TrimPrefix(i.Digest, "sha256:")}, i.Tags...) {
		file := filepath.Join(s.root, findingsDir, filepath.FromSlash(i.Repository), name+".json")
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			out, err = parseFindings(text)
		}
		if err != nil {
			return out, false, awsapi.Errorf("ValidationException", "the findings of image '%s' in %s: %s", i.Digest, file, err)
		}
		return out, true, nil
	}
	return out, false, nil
}

// parseFindings takes no member that would be passed over in silence.
func parseFindings(text []byte) (out scanAnswer, err error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&out); err != nil {
		return out, err
	}
	if len(out.Findings.Basic) > 0 && len(out.Findings.Enhanced) > 0 {
		return out, errors.New("an image has findings or enhancedFindings, as its registry scans it, and not both")
	}
	if out.Status.Status == "" {
		out.Status = scanStatus{"COMPLETE", "The scan was completed successfully."}
		if len(out.Findings.Enhanced) > 0 {
			out.Status = scanStatus{"ACTIVE", "Continuous scan is selected for image."}
		}
	}
	return out, nil
}
