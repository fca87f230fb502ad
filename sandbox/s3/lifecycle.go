package s3

import (
	"encoding/xml"
	"slices"
	"strings"
	"time"
)

// lifecycle is the part of a bucket's lifecycle configuration that is kept to here: when versions that were replaced
// expire (https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html, November 2026).
type lifecycle struct {
	XMLName xml.Name        `xml:"LifecycleConfiguration"`
	Rules   []lifecycleRule `xml:"Rule"`
}

type lifecycleRule struct {
	Status string
	Prefix string
	Filter struct {
		Prefix string
		Others []struct{} `xml:",any"` // by tag and size: such a rule does nothing here
	}
	Old struct {
		Days  int `xml:"NoncurrentDays"`
		Newer int `xml:"NewerNoncurrentVersions"`
	} `xml:"NoncurrentVersionExpiration"`
}

// expires tells whether a rule is over, for a version that so many newer ones have replaced for so long.
func (r lifecycleRule) expires(key string, newer int, since time.Duration) bool {
	return r.Status == "Enabled" && len(r.Filter.Others) == 0 && r.Old.Days > 0 && strings.HasPrefix(key, r.Prefix+r.Filter.Prefix) &&
		newer > r.Old.Newer && since >= time.Duration(r.Old.Days)*24*time.Hour
}

// expire takes the versions out of an object whose time is over by its bucket's rules. S3 looks once a day, here it is
// when the object is written.
func (o *object) expire(b bucket, now time.Time) (gone []version) {
	var rules lifecycle
	if text := b.setting("lifecycle"); len(text) == 0 || xml.Unmarshal(text, &rules) != nil {
		return nil
	}
	kept := o.Versions[:0:0]
	for i, v := range o.Versions {
		over := i > 0 && slices.ContainsFunc(rules.Rules, func(r lifecycleRule) bool {
			return r.expires(o.Key, i, now.Sub(o.Versions[i-1].Modified))
		})
		if over {
			gone = append(gone, v)
		} else {
			kept = append(kept, v)
		}
	}
	o.Versions = kept
	return gone
}
