package kms

import (
	"context"
	"time"

	"slipway/sandbox/awsapi"
)

// yearly is how many days are between two rotations unless a key says otherwise.
const yearly = 365

// The least and the most days between two rotations
// (https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html, November 2026).
const (
	shortestRotation = 90
	longestRotation  = 2560
)

// rotation says whether and how often a key gets new material.
type rotation struct {
	Enabled bool `json:"enabled,omitempty"`
	Days    int  `json:"days,omitempty"`
}

// next is when the key's material is next renewed.
func (k key) next() time.Time {
	return k.Material[len(k.Material)-1].Since.AddDate(0, 0, k.Rotation.Days)
}

// rotate renews the material of a key whose time has come.
func (s *Service) rotate(k *key) error {
	if !k.Rotation.Enabled || s.now().Before(k.next()) {
		return nil
	}
	s.renew(k)
	return s.keys.Put(k.ID, *k)
}

// turn makes a rotation of what was wished; 0 days are a year.
func turn(days int) (rotation, error) {
	if days == 0 {
		days = yearly
	}
	if days < shortestRotation || days > longestRotation {
		return rotation{}, invalid("1 validation error detected: Value '%d' at 'rotationPeriodInDays' failed to satisfy constraint: "+
			"Member must have value between %d and %d", days, shortestRotation, longestRotation)
	}
	return rotation{true, days}, nil
}

type enableRotationInput struct {
	KeyID                string
	RotationPeriodInDays int
}

func (s *Service) enableKeyRotation(_ context.Context, in enableRotationInput) (struct{}, error) {
	wish, err := turn(in.RotationPeriodInDays)
	if err != nil {
		return struct{}{}, err
	}
	_, err = s.change(in.KeyID, onlyEnabled, func(k *key) error { k.Rotation = wish; return nil })
	return struct{}{}, err
}

func (s *Service) disableKeyRotation(_ context.Context, in keyInput) (struct{}, error) {
	_, err := s.change(in.KeyID, onlyEnabled, func(k *key) error { k.Rotation = rotation{}; return nil })
	return struct{}{}, err
}

type rotationOutput struct {
	KeyID                string `json:"KeyId"`
	KeyRotationEnabled   bool
	RotationPeriodInDays int          `json:",omitempty"`
	NextRotationDate     *awsapi.Time `json:",omitempty"`
}

func (s *Service) getKeyRotationStatus(_ context.Context, in keyInput) (rotationOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, err := s.own(in.KeyID)
	if err == nil {
		err = unlessPending(k, s.arn(k.ID))
	}
	if err != nil {
		return rotationOutput{}, err
	}
	out := rotationOutput{KeyID: k.ID, KeyRotationEnabled: k.Rotation.Enabled, RotationPeriodInDays: k.Rotation.Days}
	if k.Rotation.Enabled {
		out.NextRotationDate = &awsapi.Time{Time: k.next()}
	}
	return out, nil
}
