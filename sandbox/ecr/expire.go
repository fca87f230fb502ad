package ecr

import (
	"cmp"
	"context"
	"encoding/json"
	"path"
	"slices"
	"strings"
	"time"
)

// expireEvery is how often the lifecycle policies act. ECR takes up to 24 hours (ECR user guide, "Automate the cleanup of
// images by using lifecycle policies", November 2026).
const expireEvery = time.Hour

// expireUntil lets the lifecycle policies act, now and from time to time, until ctx ends.
func (s *Service) expireUntil(ctx context.Context) {
	for {
		if err := s.expire(ctx, time.Now()); err != nil {
			s.log.Error("expiring images", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(expireEvery):
		}
	}
}

// expire deletes the images that the lifecycle policies of their repositories expire.
func (s *Service) expire(ctx context.Context, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	all, err := s.repos.All()
	if err != nil {
		return err
	}
	for _, r := range all {
		var p lifecycle
		if r.Lifecycle == "" || json.Unmarshal([]byte(r.Lifecycle), &p) != nil {
			continue
		}
		images, err := s.imagesOf(r.Name)
		if err != nil {
			return err
		}
		for _, i := range p.expired(images, now) {
			if held, err := s.held(ctx, i, images); err != nil || held {
				if err != nil {
					return err
				}
				continue
			}
			if err := s.remove(ctx, i, ""); err != nil {
				return err
			}
			s.log.Info("a lifecycle policy expired an image", "repository", r.Name, "digest", i.Digest, "tags", i.Tags)
			for _, gone := range deleted(i, "") {
				s.tell("DELETE", i, gone.Tag)
			}
		}
	}
	return nil
}

// expired are the images that the rules select, by their priority: an image that a rule selects by its tags is no other's
// (ECR user guide, "How lifecycle policies work", November 2026).
func (p lifecycle) expired(images []image, now time.Time) (gone []image) {
	rules := slices.SortedFunc(slices.Values(p.Rules), func(a, b lifecycleRule) int { return cmp.Compare(a.Priority, b.Priority) })
	newest := slices.SortedFunc(slices.Values(images), func(a, b image) int { return b.PushedAt.Compare(a.PushedAt) })
	taken := map[string]bool{}
	for _, r := range rules {
		count := 0
		for _, i := range newest {
			if taken[i.Digest] || !r.selects(i) {
				continue
			}
			taken[i.Digest] = true
			count++
			days := time.Duration(r.Selection.CountNumber) * 24 * time.Hour
			if r.Selection.CountType == "imageCountMoreThan" && count > r.Selection.CountNumber ||
				r.Selection.CountType == "sinceImagePushed" && now.Sub(i.PushedAt) > days {
				gone = append(gone, i)
			}
		}
	}
	return gone
}

// selects reports whether an image has the tags that a rule is for: one for each of its prefixes or patterns.
func (r lifecycleRule) selects(i image) bool {
	s := r.Selection
	switch s.TagStatus {
	case "untagged":
		return len(i.Tags) == 0
	case "tagged":
		every := func(wanted []string, fits func(tag, want string) bool) bool {
			return !slices.ContainsFunc(wanted, func(want string) bool {
				return !slices.ContainsFunc(i.Tags, func(tag string) bool { return fits(tag, want) })
			})
		}
		matches := func(tag, want string) bool { ok, _ := path.Match(want, tag); return ok }
		return len(i.Tags) > 0 && every(s.TagPrefixes, strings.HasPrefix) && every(s.TagPatterns, matches)
	}
	return true
}

// held reports whether an index names the image: it goes with the index only (same page).
func (s *Service) held(ctx context.Context, i image, all []image) (bool, error) {
	for _, other := range all {
		if !strings.Contains(other.MediaType, "index") && !strings.Contains(other.MediaType, "manifest.list") {
			continue
		}
		if _, found, err := s.images.Get(other.key()); err != nil || !found {
			continue // expired just now
		}
		text, err := s.manifestOf(ctx, other)
		if err != nil || strings.Contains(text, i.Digest) && other.Digest != i.Digest {
			return true, err
		}
	}
	return false, nil
}
