package ecr

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

// downloadLife is how long a URL for a layer is good for.
const downloadLife = time.Hour

type downloadRequest struct {
	named
	Digest string `json:"layerDigest"`
}

type downloadAnswer struct {
	URL    string `json:"downloadUrl"`
	Digest string `json:"layerDigest"`
}

// getDownloadURLForLayer answers a signed URL of a layer or a configuration, which needs no login.
func (s *Service) getDownloadURLForLayer(ctx context.Context, in downloadRequest) (out downloadAnswer, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if _, err := s.repository(in.Repository); err != nil {
		return out, err
	}
	path := "/v2/" + in.Repository + "/blobs/" + in.Digest
	r, err := http.NewRequestWithContext(ctx, http.MethodHead, s.endpoint()+(&url.URL{Path: path}).EscapedPath(), http.NoBody)
	if err != nil {
		return out, err
	}
	r.RequestURI = r.URL.RequestURI()
	answer := record()
	s.storage.ServeHTTP(answer, r)
	if answer.status != http.StatusOK {
		return out, awsapi.Errorf("LayersNotFoundException",
			"The layer with digest '%s' does not exist in the repository with name '%s' in the registry with id '%s'", in.Digest, in.Repository, naming.Account)
	}
	until := strconv.FormatInt(time.Now().Add(downloadLife).Unix(), 10)
	query := url.Values{"until": {until}, "signature": {s.sign(path, until)}}
	return downloadAnswer{s.endpoint() + path + "?" + query.Encode(), in.Digest}, nil
}

func (s *Service) sign(path, until string) string {
	sum := hmac.New(sha256.New, []byte(s.token))
	_, _ = io.WriteString(sum, fmt.Sprintf("%q until %s", path, until))
	return hex.EncodeToString(sum.Sum(nil))
}

// signed says whether a request reads what getDownloadURLForLayer gave a URL for.
func (s *Service) signed(r *http.Request) bool {
	until, err := strconv.ParseInt(r.URL.Query().Get("until"), 10, 64)
	if err != nil || r.Method != http.MethodGet || time.Now().Unix() > until {
		return false
	}
	return hmac.Equal([]byte(r.URL.Query().Get("signature")), []byte(s.sign(r.URL.Path, strconv.FormatInt(until, 10))))
}
