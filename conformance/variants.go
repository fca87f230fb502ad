package main

import (
	"context"
	"encoding/xml"
	"fmt"
	"strings"

	"slipway/infra/config"
)

// onGitHub moves the source of a delivery from CodeCommit to GitHub.
var onGitHub = step{"a source on GitHub", func(ctx context.Context, s *subject) error {
	if err := s.without(ctx, "existingRepository"); err != nil {
		return err
	}
	connection := "arn:aws:codeconnections:" + region + ":" + account + ":connection/6a8e1f5c-6a2b-4a0e-9a0e-5a0e6a8e1f5c"
	if err := s.configure(ctx, map[string]string{"connectionArn": connection, "githubRepository": "owner/app"}); err != nil {
		return err
	}
	_, err := s.up(ctx)
	return err
}}

// secured gives an environment a certificate, so that its load balancer speaks HTTPS.
var secured = step{"a certificate", func(ctx context.Context, s *subject) error {
	var made struct{ CertificateArn string }
	err := s.calls.e.ask("acm", "CertificateManager.RequestCertificate", map[string]any{"DomainName": "app.example.com"}, &made)
	if err != nil {
		return err
	}
	if err := s.configure(ctx, map[string]string{"certificateArn": made.CertificateArn, "domainName": "app.example.com"}); err != nil {
		return err
	}
	_, err = s.up(ctx)
	return err
}}

// named gives the certificate's name a record in a zone. A person does that: the Jenkins role changes no record.
var named = step{"a record in a zone", func(ctx context.Context, s *subject) error {
	body := `<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Name>example.com</Name>` +
		`<CallerReference>lane</CallerReference></CreateHostedZoneRequest>`
	text, err := s.calls.e.sendTo("/2013-04-01/hostedzone", "route53", "application/xml", "", []byte(body))
	if err != nil {
		return err
	}
	var made struct{ HostedZone struct{ Id string } }
	if err := xml.Unmarshal(text, &made); err != nil {
		return fmt.Errorf("%w: %s", err, text)
	}
	if err := s.configure(ctx, map[string]string{"hostedZoneId": strings.TrimPrefix(made.HostedZone.Id, "/hostedzone/")}); err != nil {
		return err
	}
	_, err = s.up(ctx)
	return err
}}

// unnamed takes the record away.
var unnamed = step{"and no record again", func(ctx context.Context, s *subject) error {
	if err := s.without(ctx, "hostedZoneId"); err != nil {
		return err
	}
	_, err := s.up(ctx)
	return err
}}

// unsecured takes the certificate away.
var unsecured = step{"and none again", func(ctx context.Context, s *subject) error {
	if err := s.without(ctx, "certificateArn", "domainName"); err != nil {
		return err
	}
	_, err := s.up(ctx)
	return err
}}

// without removes keys of the configuration.
func (s *subject) without(ctx context.Context, keys ...string) error {
	for _, key := range keys {
		if err := s.stack.RemoveConfig(ctx, config.Namespace+":"+key); err != nil && !strings.Contains(err.Error(), "not found") {
			return err
		}
	}
	return nil
}
