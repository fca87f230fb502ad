package infra

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// tlsPolicy allows TLS 1.2 and 1.3 with forward secrecy only.
const tlsPolicy = "ELBSecurityPolicy-TLS13-1-2-2021-06"

// listeners forward HTTP, or HTTPS with a redirect from HTTP when there is a certificate.
func (b *LoadBalancer) listeners(ctx *pulumi.Context, names naming, config *Config, balancer *lb.LoadBalancer, child pulumi.ResourceOption) error {
	forward := lb.ListenerDefaultActionArray{&lb.ListenerDefaultActionArgs{
		Type: pulumi.String("forward"), TargetGroupArn: b.TargetGroup.Arn,
	}}
	if config.CertificateArn == "" {
		return b.listener(ctx, names, "http", &lb.ListenerArgs{
			LoadBalancerArn: balancer.Arn, Port: pulumi.Int(80), Protocol: pulumi.String("HTTP"), DefaultActions: forward,
		}, child)
	}
	err := b.listener(ctx, names, "https", &lb.ListenerArgs{
		LoadBalancerArn: balancer.Arn, Port: pulumi.Int(443), Protocol: pulumi.String("HTTPS"), DefaultActions: forward,
		CertificateArn: pulumi.String(config.CertificateArn), SslPolicy: pulumi.String(tlsPolicy),
	}, child)
	if err != nil {
		return err
	}
	return b.listener(ctx, names, "http", &lb.ListenerArgs{
		LoadBalancerArn: balancer.Arn, Port: pulumi.Int(80), Protocol: pulumi.String("HTTP"), DefaultActions: redirect(),
	}, child)
}

func redirect() lb.ListenerDefaultActionArray {
	return lb.ListenerDefaultActionArray{&lb.ListenerDefaultActionArgs{
		Type: pulumi.String("redirect"),
		Redirect: &lb.ListenerDefaultActionRedirectArgs{
			Protocol: pulumi.String("HTTPS"), Port: pulumi.String("443"), StatusCode: pulumi.String("HTTP_301"),
		},
	}}
}

func (b *LoadBalancer) listener(ctx *pulumi.Context, names naming, suffix string, args *lb.ListenerArgs, child pulumi.ResourceOption) error {
	args.Tags = names.tags(suffix)
	listener, err := lb.NewListener(ctx, names.name(suffix), args, child)
	b.Ready = append(b.Ready, listener)
	return err
}
