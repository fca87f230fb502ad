package environment

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/scope"
)

// tlsPolicy allows TLS 1.3, and 1.2 with forward secrecy and authenticated encryption only: no CBC (Application Load
// Balancers guide, "Security policies").
const tlsPolicy = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"

// listeners forward HTTP, or HTTPS with a redirect from HTTP when there is a certificate.
func (b *LoadBalancer) listeners(in scope.Scope, balancer *lb.LoadBalancer) error {
	forward := lb.ListenerDefaultActionArray{&lb.ListenerDefaultActionArgs{
		Type: pulumi.String("forward"), TargetGroupArn: b.TargetGroup.Arn,
	}}
	if in.Config.CertificateArn == "" {
		return b.listener(in, "http", &lb.ListenerArgs{
			LoadBalancerArn: balancer.Arn, Port: pulumi.Int(80), Protocol: pulumi.String("HTTP"), DefaultActions: forward,
		})
	}
	err := b.listener(in, "https", &lb.ListenerArgs{
		LoadBalancerArn: balancer.Arn, Port: pulumi.Int(443), Protocol: pulumi.String("HTTPS"), DefaultActions: forward,
		CertificateArn: pulumi.String(in.Config.CertificateArn), SslPolicy: pulumi.String(tlsPolicy),
	})
	if err != nil {
		return err
	}
	return b.listener(in, "http", &lb.ListenerArgs{
		LoadBalancerArn: balancer.Arn, Port: pulumi.Int(80), Protocol: pulumi.String("HTTP"), DefaultActions: redirect(),
	})
}

func redirect() lb.ListenerDefaultActionArray {
	return lb.ListenerDefaultActionArray{&lb.ListenerDefaultActionArgs{
		Type: pulumi.String("redirect"),
		Redirect: &lb.ListenerDefaultActionRedirectArgs{
			Protocol: pulumi.String("HTTPS"), Port: pulumi.String("443"), StatusCode: pulumi.String("HTTP_301"),
		},
	}}
}

func (b *LoadBalancer) listener(in scope.Scope, suffix string, args *lb.ListenerArgs) error {
	args.Tags = in.Tags(suffix)
	listener, err := lb.NewListener(in.Ctx, in.Name(suffix), args, in.Child)
	b.Ready = append(b.Ready, listener)
	return err
}
