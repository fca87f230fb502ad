package ecr

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
)

// Findings are what a file beside the image says, in pages; and nothing is scanned that the repository does not have scanned.
func TestFindingsComeFromAFile(t *testing.T) {
	dir := t.TempDir()
	x := start(t, dir, "")
	scanning := map[string]any{"imageScanningConfiguration": map[string]any{"scanOnPush": true}}
	x.repo("app", scanning)
	x.repo("unscanned", nil)
	_, digest := x.push("app:v1")
	x.push("app:v2")
	x.push("unscanned:v1")
	write := func(name, text string) {
		file := filepath.Join(dir, "registry", findingsDir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	describe := func(repository, tag string) ([]*client.DescribeImageScanFindingsOutput, error) {
		var all []*client.DescribeImageScanFindingsOutput
		pages := client.NewDescribeImageScanFindingsPaginator(x.sdk(), &client.DescribeImageScanFindingsInput{
			RepositoryName: aws.String(repository), ImageId: &types.ImageIdentifier{ImageTag: aws.String(tag)}, MaxResults: aws.Int32(1),
		})
		for pages.HasMorePages() {
			page, err := pages.NextPage(context.Background())
			if err != nil {
				return nil, err
			}
			all = append(all, page)
		}
		return all, nil
	}
	basic := `{"imageScanFindings":{"findings":[
		{"name":"CVE-1","severity":"CRITICAL","attributes":[{"key":"package_name","value":"zlib"}]},{"name":"CVE-2","severity":"LOW"}]}}`
	write("app/v1.json", basic)
	write("unscanned/v1.json", basic)
	all, err := describe("app", "v1")
	if err != nil || len(all) != 2 || all[0].ImageScanStatus.Status != types.ScanStatusComplete || *all[0].ImageId.ImageDigest != digest ||
		*all[0].ImageScanFindings.Findings[0].Attributes[0].Value != "zlib" || *all[1].ImageScanFindings.Findings[0].Name != "CVE-2" ||
		all[1].ImageScanFindings.FindingSeverityCounts["CRITICAL"] != 1 {
		t.Errorf("%+v, %v", all, err)
	}
	var noScan *types.ScanNotFoundException
	for repository, tag := range map[string]string{"app": "v2", "unscanned": "v1"} {
		if _, err := describe(repository, tag); !errors.As(err, &noScan) {
			t.Errorf("%s:%s: %v", repository, tag, err)
		}
	}
	write("app/"+strings.TrimPrefix(digest, "sha256:")+".json", `{"imageScanFindings":{"enhancedFindings":[{"severity":"HIGH","fixAvailable":"YES",
		"packageVulnerabilityDetails":{"vulnerabilityId":"CVE-3","vulnerablePackages":[{"name":"openssl","version":"3.0","fixedInVersion":"3.1"}]}}]}}`)
	all, err = describe("app", "v1")
	if err != nil || all[0].ImageScanStatus.Status != types.ScanStatusActive || *all[0].ImageScanFindings.EnhancedFindings[0].PackageVulnerabilityDetails.VulnerablePackages[0].FixedInVersion != "3.1" {
		t.Errorf("%+v, %v", all, err)
	}
	write("app/v2.json", `{"imageScanFindings":{"findings":[{"name":"CVE-4","severty":"HIGH"}]}}`)
	if _, err := describe("app", "v2"); err == nil || !strings.Contains(err.Error(), "severty") || !strings.Contains(err.Error(), "v2.json") {
		t.Errorf("a member that nobody reads: %v", err)
	}
}
