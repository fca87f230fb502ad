package cloud

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Quota is a limit of an account in a region, and how much of it is used.
type Quota struct {
	Name, Service, Code string // "VPCs per Region", "vpc", "L-F678F1CE"
	Limit, Used         int
}

// quota is one that a stack can run into: its default (docs.aws.amazon.com/general/latest/gr/vpc-service.html and
// ec2-service.html, 2026-11) and the EC2 action whose answer counts what is used.
type quota struct {
	name, service, code, action string
	normal                      int
}

// quotas by the type of resource that needs one each.
var quotas = map[string]quota{
	"aws:ec2/vpc:Vpc": {"VPCs per Region", "vpc", "L-F678F1CE", "DescribeVpcs", 5},
	"aws:ec2/eip:Eip": {"EC2-VPC Elastic IPs", "ec2", "L-0263D0A3", "DescribeAddresses", 5},
}

// Quota answers the quota that resources of a type count against; known is false for types without one. Whoever may
// not ask Service Quotas gets AWS's default. Denied says of an error that the credentials may not count what is used.
func (c *Cloud) Quota(ctx context.Context, typ string) (q Quota, known bool, err error) {
	of, known := quotas[typ]
	if !known {
		return Quota{}, false, nil
	}
	q = Quota{Name: of.name, Service: of.service, Code: of.code, Limit: of.normal}
	if q.Used, err = c.used(ctx, of.action); err != nil {
		return q, true, wrap("count what %s of %s are used", err, of.name, c.Region)
	}
	if limit, err := c.limit(ctx, of); err == nil {
		q.Limit = limit
	}
	return q, true, nil
}

// used counts the items of an answer. Addresses come at once, VPCs in pages of 1,000 when no size is asked for.
func (c *Cloud) used(ctx context.Context, action string) (int, error) {
	text, err := c.ec2(ctx, action, url.Values{})
	if err != nil {
		return 0, err
	}
	var answer struct {
		VPCs      []struct{} `xml:"vpcSet>item"`
		Addresses []struct{} `xml:"addressesSet>item"`
	}
	if err := xml.Unmarshal(text, &answer); err != nil {
		return 0, err
	}
	return len(answer.VPCs) + len(answer.Addresses), nil
}

func (c *Cloud) limit(ctx context.Context, of quota) (int, error) {
	header := http.Header{
		"Content-Type": {"application/x-amz-json-1.1"}, "X-Amz-Target": {"ServiceQuotasV20190624.GetServiceQuota"},
	}
	text, err := c.call(ctx, "servicequotas", header, `{"ServiceCode":"`+of.service+`","QuotaCode":"`+of.code+`"}`)
	if err != nil {
		return 0, err
	}
	var answer struct{ Quota struct{ Value float64 } }
	if err := json.Unmarshal(text, &answer); err != nil || answer.Quota.Value <= 0 {
		return 0, fmt.Errorf("%s answered without a value: %w", of.name, err)
	}
	return int(answer.Quota.Value), nil
}

// Denied says whether an error is AWS's word that the credentials may not do something.
func Denied(err error) bool {
	text := err.Error()
	return strings.Contains(text, "AccessDenied") || strings.Contains(text, "UnauthorizedOperation")
}
