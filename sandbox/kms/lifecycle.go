package kms

import (
	"context"
	"time"

	"slipway/sandbox/awsapi"
)

// The days that a key waits for its deletion
// (https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html, November 2026).
const (
	shortestWindow = 7
	longestWindow  = 30
)

type keyInput struct{ KeyID string }

func (s *Service) enableKey(_ context.Context, in keyInput) (struct{}, error) {
	_, err := s.change(in.KeyID, unlessPending, func(k *key) error { k.Disabled = false; return nil })
	return struct{}{}, err
}

func (s *Service) disableKey(_ context.Context, in keyInput) (struct{}, error) {
	_, err := s.change(in.KeyID, unlessPending, func(k *key) error { k.Disabled = true; return nil })
	return struct{}{}, err
}

type scheduleInput struct {
	KeyID               string
	PendingWindowInDays *int
}

type scheduleOutput struct {
	KeyID               string `json:"KeyId"`
	DeletionDate        awsapi.Time
	KeyState            string
	PendingWindowInDays int
}

func (s *Service) scheduleKeyDeletion(_ context.Context, in scheduleInput) (scheduleOutput, error) {
	days := longestWindow
	if in.PendingWindowInDays != nil {
		days = *in.PendingWindowInDays
	}
	k, err := s.schedule(in.KeyID, days)
	return scheduleOutput{s.arn(k.ID), awsapi.Time{Time: k.Deletion}, pending, days}, err
}

func (s *Service) schedule(ref string, days int) (key, error) {
	if days < shortestWindow || days > longestWindow {
		return key{}, invalid("1 validation error detected: Value '%d' at 'pendingWindowInDays' failed to satisfy constraint: "+
			"Member must have value between %d and %d", days, shortestWindow, longestWindow)
	}
	return s.change(ref, unlessPending, func(k *key) error {
		k.Deletion = s.now().Add(time.Duration(days) * 24 * time.Hour)
		return nil
	})
}

type cancelOutput struct {
	KeyID string `json:"KeyId"`
}

// cancelKeyDeletion keeps a key, which is disabled from then on.
func (s *Service) cancelKeyDeletion(_ context.Context, in keyInput) (cancelOutput, error) {
	k, err := s.change(in.KeyID, onlyPending, func(k *key) error {
		k.Deletion, k.Disabled = time.Time{}, true
		return nil
	})
	return cancelOutput{s.arn(k.ID)}, err
}

func onlyPending(k key, arn string) error {
	if k.state() != pending {
		return awsapi.Errorf("KMSInvalidStateException", "%s is not pending deletion.", arn)
	}
	return nil
}
