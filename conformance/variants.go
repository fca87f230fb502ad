package main

import (
	"context"
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
