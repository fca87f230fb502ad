package sandbox

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// Environment returns the variables that turn pulumi, the AWS SDKs and the aws CLI to this sandbox, as KEY=value.
func (c Config) Environment() []string {
	return append([]string{
		"AWS_ENDPOINT_URL=" + c.Endpoint(),
		"AWS_ACCESS_KEY_ID=" + c.Key.AccessKeyID,
		"AWS_SECRET_ACCESS_KEY=" + c.Key.SecretAccessKey,
		"AWS_REGION=" + string(c.Region),
		"AWS_DEFAULT_REGION=" + string(c.Region),
		"AWS_EC2_METADATA_DISABLED=true",
		"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false",
		consoleVariable + "=" + c.consoleURL(),
		"PULUMI_BACKEND_URL=" + c.BackendURL(),
		"SLIPWAY_SECRETS_PROVIDER=" + c.SecretsProvider(),
		"PULUMI_DEBUG_PROVIDERS=" + c.debugProviders(),
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true",
		"PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER=true", // of stacks whose file names no key
		"PULUMI_SKIP_UPDATE_CHECK=true",
	}, direct()...)
}

// BackendURL is where Pulumi keeps the state of stacks in this sandbox.
func (c Config) BackendURL() string {
	return fmt.Sprintf("s3://%s?region=%s&awssdk=v2", c.StateBucket(), c.Region)
}

// SecretsProvider is what Pulumi encrypts the secrets of stacks in this sandbox with.
func (c Config) SecretsProvider() string {
	return fmt.Sprintf("awskms:///%s?region=%s&awssdk=v2", c.StateKey, c.Region)
}

// direct keeps a proxy that this process is given away from what listens on this machine.
func direct() []string {
	hosts := []string{"127.0.0.1", "localhost"}
	for _, name := range []string{"NO_PROXY", "no_proxy"} {
		for _, host := range strings.Split(os.Getenv(name), ",") {
			if host = strings.TrimSpace(host); host != "" && !slices.Contains(hosts, host) {
				hosts = append(hosts, host)
			}
		}
	}
	list := strings.Join(hosts, ",")
	return []string{"NO_PROXY=" + list, "no_proxy=" + list}
}

// leading are the variables that would lead away from the sandbox, past its credentials, or to other secrets
// (https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html, November 2026).
var leading = []string{
	"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE",
	"AWS_CA_BUNDLE", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT",
	"AWS_S3_USE_ARN_REGION", "AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS", "AWS_ACCOUNT_ID_ENDPOINT_MODE",
	"AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_WEB_IDENTITY_TOKEN_FILE",
	"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN",
	"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_DEFAULTS_MODE", "AWS_STS_REGIONAL_ENDPOINTS",
	"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_ACCESS_TOKEN", "PULUMI_CLOUD_SECRET_OVERRIDE",
}

// servicePrefix begins the variables that give one service an endpoint of its own.
const servicePrefix = "AWS_ENDPOINT_URL_"

// endpoints are the services of which pulumi, the deployer, its worker and the user's tools are clients.
var endpoints = []string{
	"ACM", "APPLICATION_AUTO_SCALING", "AUTO_SCALING", "CLOUDFORMATION", "CLOUDWATCH", "CLOUDWATCH_LOGS", "CODECOMMIT", "CODEPIPELINE",
	"DYNAMODB", "EC2", "ECR", "ECS", "ELASTIC_LOAD_BALANCING_V2", "EVENTBRIDGE", "IAM", "KMS", "ROUTE_53", "S3",
	"SECRETS_MANAGER", "SNS", "SQS", "SSM", "STS",
}

// Unset names the variables that would lead away from the sandbox or past its credentials. Those that give a service
// an endpoint of its own are the known ones and any other that is set here.
func Unset() []string {
	all := slices.Clone(leading)
	for _, service := range endpoints {
		all = append(all, servicePrefix+service)
	}
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, servicePrefix) && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}
