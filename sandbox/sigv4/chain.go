package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"hash"
	"strings"
)

// chunkSignatures checks the signatures of chunks: each signs the one before it, the first that of the request.
type chunkSignatures struct {
	trailers bool // trailing headers follow, with a signature of their own
	key      []byte
	at       string
	scope    string
	previous string
	claimed  string
	sum      hash.Hash
}

func newChunkSignatures(s signature, h holder) *chunkSignatures {
	return &chunkSignatures{
		key: signingKey(h.secret, s.date, s.region, s.service), at: s.at.UTC().Format(timeFormat),
		scope: strings.Join([]string{s.date, s.region, s.service, "aws4_request"}, "/"), previous: s.signature,
	}
}

func (c *chunkSignatures) begin(claimed string) { c.claimed, c.sum = claimed, sha256.New() }

func (c *chunkSignatures) write(p []byte) { c.sum.Write(p) }

func (c *chunkSignatures) end() error {
	nothing := sha256.Sum256(nil)
	return c.compare(algorithm+"-PAYLOAD", c.claimed, hex.EncodeToString(nothing[:]), hex.EncodeToString(c.sum.Sum(nil)))
}

// trailer checks the signature of the trailing headers, which is the last of them, where they have one.
func (c *chunkSignatures) trailer(lines []string) error {
	if !c.trailers && len(lines) == 0 {
		return nil
	}
	if !c.trailers {
		return errChunk("trailing headers must be signed")
	}
	last := len(lines) - 1
	if last < 0 {
		return errMismatch()
	}
	claimed, found := strings.CutPrefix(lines[last], "x-amz-trailer-signature:")
	if !found {
		return errMismatch()
	}
	sum := sha256.Sum256([]byte(strings.Join(lines[:last], "\n") + "\n"))
	return c.compare(algorithm+"-TRAILER", strings.TrimSpace(claimed), hex.EncodeToString(sum[:]))
}

func (c *chunkSignatures) compare(kind, claimed string, hashes ...string) error {
	text := strings.Join(append([]string{kind, c.at, c.scope, c.previous}, hashes...), "\n")
	c.previous = hex.EncodeToString(sign(c.key, text))
	if subtle.ConstantTimeCompare([]byte(c.previous), []byte(claimed)) != 1 {
		return errMismatch()
	}
	return nil
}

// signingKey derives the key of a credential scope.
func signingKey(secret, date, region, service string) []byte {
	key := []byte("AWS4" + secret)
	for _, part := range []string{date, region, service, "aws4_request"} {
		key = sign(key, part)
	}
	return key
}

func sign(key []byte, text string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}
