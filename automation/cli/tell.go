package cli

import (
	"context"
	"errors"
	"time"

	"slipway/automation/engine"
	"slipway/automation/fault"
	"slipway/automation/notify"
	"slipway/automation/project"
	"slipway/automation/release"
	"slipway/automation/ui"
)

// told answers how a release ended, as it is, and tells slipway:notifyArn and slipway:notifyWebhook of one that failed.
// That nobody could be told is a warning.
func (d *Deployer) told(ctx context.Context, command string, o release.Options, r release.Result, err error) (release.Result, error) {
	err = explain(err)
	if !toTell(r, err) {
		return r, err
	}
	to, wrong := d.notifier(context.WithoutCancel(ctx), o.Environment)
	if wrong == nil {
		wrong = to.Tell(ctx, d.message(command, o, r, err))
	}
	if wrong != nil {
		d.Sink.Event(ui.Warning{Text: "not everybody could be told that the release failed: " + wrong.Error()})
	}
	return r, err
}

// toTell says whether a release failed in a way that others than who asked for it want to know of. Bad input, what was not
// ready and a lock changed nothing, and who asked sees it.
func toTell(r release.Result, err error) bool {
	if err == nil || r.Outcome == "" {
		return false
	}
	switch fault.CodeOf(err) {
	case fault.BuildFailed, fault.RolledBack, fault.RollbackFailed, fault.Unexpected:
		return true
	}
	return r.Outcome == release.RolledBack
}

func (d *Deployer) message(command string, o release.Options, r release.Result, err error) notify.Message {
	m := notify.Message{
		Project: d.Project.Name, Environment: o.Environment, Command: command, Outcome: r.Outcome, Code: fault.CodeOf(err), Cause: err.Error(),
		Commit: o.Commit.Hash, Author: o.Commit.Author, Subject: o.Commit.Subject, Execution: o.Execution, URL: r.AppURL, Time: time.Now().UTC(),
	}
	var known *fault.Error
	if errors.As(err, &known) {
		m.Next = known.Next
	}
	if r.Outcome == release.RolledBack {
		m.Serving = r.Previous
	}
	if d.Hidden != nil {
		m.Cause, m.Next, m.Subject = d.Hidden(m.Cause), d.Hidden(m.Next), d.Hidden(m.Subject)
	}
	return m
}

// Keys of a delivery stack that say who is told.
const (
	topicKey   = project.Namespace + ":notifyArn"
	webhookKey = project.Namespace + ":notifyWebhook"
)

// notifier knows who is told of an environment's releases: its delivery stack says so.
func (d *Deployer) notifier(ctx context.Context, environment string) (notify.Notifier, error) {
	var to notify.Notifier
	config, err := d.environment(environment)
	if err != nil {
		return to, err
	}
	stack, err := d.deliveryOf(environment, config.DeliveryStack)
	if err != nil {
		return to, err
	}
	values, err := d.Project.StackConfig(stack)
	if err != nil {
		return to, err
	}
	to.Topic = values[topicKey]
	if to.Webhook, err = d.webhook(ctx, stack, values[webhookKey]); err != nil {
		return to, err
	}
	if to.Topic == "" {
		return to, nil
	}
	settings, err := d.settings(ctx, stack)
	if err != nil {
		return to, err
	}
	to.SNS, err = notify.Client(settings, to.Topic)
	return to, err
}

// webhook is the URL of a delivery stack's webhook, which is never printed: the one in its file, decrypted where it is a
// secret there.
func (d *Deployer) webhook(ctx context.Context, stack, plain string) (string, error) {
	secret, err := d.Project.Secret(stack, webhookKey)
	if err != nil || plain == "" && !secret {
		return "", err
	}
	if secret {
		s, err := engine.Open(ctx, engine.Options{Project: d.Project, Name: stack, Sink: d.Sink, Timeout: time.Minute, Existing: true, Hide: d.Hide})
		if err != nil {
			return "", err
		}
		defer s.Close()
		if plain, err = s.Value(ctx, webhookKey); err != nil {
			return "", err
		}
	}
	if d.Hide != nil {
		d.Hide(plain)
	}
	return plain, nil
}
