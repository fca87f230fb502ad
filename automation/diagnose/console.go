package diagnose

import (
	"fmt"
	"net/url"
	"strings"
)

// links are the pages of AWS's console with more: the service's events, and its log group. They need an ARN, which says the
// partition and the region.
func links(arn, cluster, service, logGroup string) []string {
	parts := strings.SplitN(arn, ":", 6) // arn:partition:ecs:region:account:…
	if len(parts) != 6 || parts[3] == "" {
		return nil
	}
	host := map[string]string{"aws-cn": "console.amazonaws.cn", "aws-us-gov": "console.amazonaws-us-gov.com"}[parts[1]]
	if host == "" {
		host = "console.aws.amazon.com"
	}
	region := parts[3]
	name := func(s string) string { return url.PathEscape(s[strings.LastIndex(s, "/")+1:]) }
	all := []string{fmt.Sprintf("https://%s.%s/ecs/v2/clusters/%s/services/%s/events?region=%s", region, host, name(cluster), name(service), region)}
	if logGroup != "" {
		// The console escapes a fragment twice, with $ in place of the second per cent sign.
		escaped := strings.ReplaceAll(url.QueryEscape(url.QueryEscape(logGroup)), "%", "$")
		all = append(all, fmt.Sprintf("https://%s.%s/cloudwatch/home?region=%s#logsV2:log-groups/log-group/%s", region, host, region, escaped))
	}
	return all
}
