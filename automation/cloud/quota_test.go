package cloud

import "testing"

const (
	vpcs   = `<DescribeVpcsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><vpcSet><item><vpcId>vpc-1</vpcId><tagSet><item><key>k</key></item></tagSet></item><item><vpcId>vpc-2</vpcId></item></vpcSet></DescribeVpcsResponse>`
	none   = `<DescribeAddressesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><addressesSet/></DescribeAddressesResponse>`
	denied = `<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized</Message></Error></Errors></Response>`
)

func TestQuota(t *testing.T) {
	twenty := answer{200, `{"Quota":{"QuotaCode":"L-F678F1CE","Value":20.0}}`}
	refused := answer{400, `{"__type":"AccessDeniedException"}`}
	tests := []struct {
		name, typ   string
		replace     map[string]answer
		known       bool
		limit, used int
		fails       bool
		denied      bool
	}{
		{"a type without a quota", "aws:iam/role:Role", nil, false, 0, 0, false, false},
		{"VPCs", "aws:ec2/vpc:Vpc", map[string]answer{"ec2.DescribeVpcs": {200, vpcs}, "quotas.GetServiceQuota": twenty}, true, 20, 2, false, false},
		{"the default where the quota may not be asked", "aws:ec2/vpc:Vpc", map[string]answer{"ec2.DescribeVpcs": {200, vpcs}, "quotas.GetServiceQuota": refused}, true, 5, 2, false, false},
		{"addresses", "aws:ec2/eip:Eip", map[string]answer{"ec2.DescribeAddresses": {200, none}, "quotas.GetServiceQuota": refused}, true, 5, 0, false, false},
		{"denied", "aws:ec2/vpc:Vpc", map[string]answer{"ec2.DescribeVpcs": {403, denied}}, true, 5, 0, true, true},
		{"a service that is not there", "aws:ec2/vpc:Vpc", nil, true, 5, 0, true, false},
		{"another answer", "aws:ec2/vpc:Vpc", map[string]answer{"ec2.DescribeVpcs": {200, "<html/>"}}, true, 5, 0, true, false},
	}
	for _, test := range tests {
		c, _ := open(t, test.replace)
		q, known, err := c.Quota(t.Context(), test.typ)
		if known != test.known || q.Limit != test.limit || q.Used != test.used || (err != nil) != test.fails || err != nil && Denied(err) != test.denied {
			t.Errorf("%s: %+v, %v, %v", test.name, q, known, err)
		}
	}
}
