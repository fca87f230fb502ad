// Package cost estimates what a stack costs a month while nothing uses it, from a small table of published prices.
package cost

// Of the table. The prices are those of the AWS pages named beside them, on-demand, in US dollars, without free tiers.
const (
	Region = "us-east-1"
	Date   = "2026-11"
	// HoursAMonth is what AWS's own calculator takes for a month.
	HoursAMonth = 730
)

// Price is one line of the table.
type Price struct {
	Part   string  // what people call it
	Unit   string  // "hour", "GiB-month" or "month"
	Amount float64 // in US dollars
	Source string
	// Seen is where the price was read in November 2026, and of when it is there: AWS's pages build their tables in the
	// browser.
	Seen string
}

// Where several prices were read.
const (
	offers  = "a copy of AWS's price list (pricing.us-east-1.amazonaws.com/offers), 2026-10-08"
	vantage = "a copy of instances.vantage.sh, 2026-07-28"
	nat     = "cloudburn.io/blog/aws-nat-gateway-pricing, 2026-02-24"
	fargate = "factualminds.com/blog/amazon-fargate-ecs-task-pricing-2026, 2026-06-17"
	arm     = "vantage.sh/blog/fargate-pricing, as of 2026-11"
)

// Prices by part. https://aws.amazon.com/ is before each source.
var prices = map[string]Price{
	"nat":     {"NAT gateway", "hour", 0.045, "vpc/pricing", nat},
	"ipv4":    {"public IPv4 address", "hour", 0.005, "vpc/pricing", nat},
	"alb":     {"application load balancer", "hour", 0.0225, "elasticloadbalancing/pricing", "awsnegotiations.com/elastic-load-balancer-cost, 2026-05"},
	"gp3":     {"EBS gp3 volume", "GiB-month", 0.08, "ebs/pricing", offers},
	"kms":     {"KMS key", "month", 1, "kms/pricing", "aws.amazon.com/kms/pricing, as of 2026-11"},
	"alarm":   {"CloudWatch alarm", "month", 0.10, "cloudwatch/pricing", "c3x.dev/resources/aws/aws_cloudwatch_metric_alarm, as of 2026-11"},
	"vcpu":    {"Fargate vCPU, x86", "hour", 0.04048, "fargate/pricing", fargate},
	"vcpuArm": {"Fargate vCPU, ARM", "hour", 0.03238, "fargate/pricing", arm},
	"gb":      {"Fargate GB of memory, x86", "hour", 0.004445, "fargate/pricing", fargate},
	"gbArm":   {"Fargate GB of memory, ARM", "hour", 0.00356, "fargate/pricing", arm},
}

// instances are hourly prices of Linux instances (ec2/pricing/on-demand).
var instances = map[string]float64{
	"t3.micro": 0.0104, "t3.small": 0.0208, "t3.medium": 0.0416, "t3.large": 0.0832, "t3.xlarge": 0.1664, "t3.2xlarge": 0.3328,
	"t4g.micro": 0.0084, "t4g.small": 0.0168, "t4g.medium": 0.0336, "t4g.large": 0.0672, "t4g.xlarge": 0.1344, "t4g.2xlarge": 0.2688,
	"m5.large": 0.096, "m5.xlarge": 0.192, "m7g.large": 0.0816, "m7g.xlarge": 0.1632,
}

// instancesSeen is Seen of the instances, by family.
var instancesSeen = map[string]string{"t3": vantage, "t4g": vantage, "m5": vantage, "m7g": offers}

// a month of one unit.
func (p Price) month() float64 {
	if p.Unit == "hour" {
		return p.Amount * HoursAMonth
	}
	return p.Amount
}
