package cloud

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
)

// Scan is what ECR's scan of an image came to. An image whose scan neither runs nor is done is not scanned.
type Scan struct {
	Running  bool   // findings may still come
	Done     bool   // Findings are all
	Status   string // ECR's status, with its description
	Findings []Finding
}

// Finding is one thing that a scan found.
type Finding struct {
	Name     string // of the vulnerability, usually a CVE
	Severity string // INFORMATIONAL, LOW, MEDIUM, HIGH, CRITICAL, or what ECR calls one that is not rated
	Package  string // with its version
	Fix      Fix
	FixedIn  string // a version; empty where ECR does not say
}

// Fix says whether another version of the package does not have what was found.
type Fix int

// Basic scanning does not say whether there is a fix; enhanced scanning does (Amazon ECR API reference, ImageScanFinding and
// EnhancedImageScanFinding, November 2026).
const (
	FixUnknown Fix = iota
	FixYes         // or for some of the packages
	FixNo
)

// String is the finding in one line that begins with its name.
func (f Finding) String() string {
	text := f.Name + " " + f.Severity
	if f.Package != "" {
		text += " in " + f.Package
	}
	if f.FixedIn != "" {
		text += ", fixed in " + f.FixedIn
	}
	return text
}

// Findings answers what ECR's scan of an image came to so far. An image that was never scanned is no error.
func (c *Cloud) Findings(ctx context.Context, repository, digest string) (Scan, error) {
	var scan Scan
	pages := ecr.NewDescribeImageScanFindingsPaginator(c.ecr, &ecr.DescribeImageScanFindingsInput{
		RepositoryName: aws.String(repository), ImageId: &types.ImageIdentifier{ImageDigest: aws.String(digest)}, MaxResults: aws.Int32(1000),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		var none *types.ScanNotFoundException
		if errors.As(err, &none) {
			return Scan{Status: "ECR has no scan of it: neither scanOnPush nor enhanced scanning covers the repository, or its results have expired"}, nil
		}
		if err != nil {
			return Scan{}, wrap("read the scan of image %s in repository %s", err, digest, repository)
		}
		scan.add(page)
	}
	return scan, nil
}

func (s *Scan) add(page *ecr.DescribeImageScanFindingsOutput) {
	if status := page.ImageScanStatus; status != nil {
		s.Status = strings.TrimSuffix(string(status.Status)+": "+aws.ToString(status.Description), ": ")
		// ACTIVE is enhanced scanning that has results and goes on looking (Amazon ECR API reference, ImageScanStatus, November 2026).
		s.Done = status.Status == types.ScanStatusComplete || status.Status == types.ScanStatusActive
		s.Running = status.Status == types.ScanStatusInProgress || status.Status == types.ScanStatusPending
	}
	if page.ImageScanFindings == nil {
		return
	}
	for _, f := range page.ImageScanFindings.Findings {
		s.Findings = append(s.Findings, basic(f))
	}
	for _, f := range page.ImageScanFindings.EnhancedFindings {
		s.Findings = append(s.Findings, enhanced(f))
	}
}

func basic(f types.ImageScanFinding) Finding {
	attributes := map[string]string{}
	for _, a := range f.Attributes {
		attributes[aws.ToString(a.Key)] = aws.ToString(a.Value)
	}
	return Finding{
		Name: aws.ToString(f.Name), Severity: string(f.Severity),
		Package: strings.TrimSpace(attributes["package_name"] + " " + attributes["package_version"]),
	}
}

func enhanced(f types.EnhancedImageScanFinding) Finding {
	out := Finding{Name: aws.ToString(f.Title), Severity: aws.ToString(f.Severity)}
	switch aws.ToString(f.FixAvailable) {
	case "YES", "PARTIAL":
		out.Fix = FixYes
	case "NO":
		out.Fix = FixNo
	}
	if d := f.PackageVulnerabilityDetails; d != nil {
		out.Name = aws.ToString(d.VulnerabilityId)
		var packages, fixes []string
		for _, p := range d.VulnerablePackages {
			packages = append(packages, strings.TrimSpace(aws.ToString(p.Name)+" "+aws.ToString(p.Version)))
			if fixed := aws.ToString(p.FixedInVersion); fixed != "" {
				fixes = append(fixes, fixed)
			}
		}
		out.Package, out.FixedIn = strings.Join(packages, ", "), strings.Join(fixes, ", ")
	}
	return out
}
