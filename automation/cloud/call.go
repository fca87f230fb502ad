package cloud

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// mostAnswer bounds an answer: 1,000 VPCs with their tags are less.
const mostAnswer = 16 << 20

// ec2 calls one action of EC2 and answers the XML of its response.
func (c *Cloud) ec2(ctx context.Context, action string, with url.Values) ([]byte, error) {
	with.Set("Action", action)
	with.Set("Version", "2016-11-15")
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=utf-8"}}
	text, err := c.call(ctx, "ec2", header, with.Encode())
	if err != nil {
		return nil, err
	}
	var answer struct{ XMLName xml.Name }
	if err := xml.Unmarshal(text, &answer); err != nil || answer.XMLName.Local != action+"Response" {
		return nil, fmt.Errorf("%s answered with %q", action, answer.XMLName.Local)
	}
	return text, nil
}

// call signs and sends one request, with the SDK's own signer. It is for the few reads of EC2 that are needed here:
// compiling the SDK's package of EC2 takes more than 3 GB of memory, which a build host does not have to spare.
func (c *Cloud) call(ctx context.Context, service string, header http.Header, body string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	address := "https://" + service + "." + c.Region + ".amazonaws.com/"
	if c.settings.BaseEndpoint != nil {
		address = aws.ToString(c.settings.BaseEndpoint)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader([]byte(body)))
	if err != nil {
		return nil, err
	}
	request.Header = header
	keys, err := c.settings.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(body))
	if err := v4.NewSigner().SignHTTP(ctx, keys, request, hex.EncodeToString(sum[:]), service, c.Region, time.Now()); err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(response.Body, mostAnswer))
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered with %s: %.300s", service, response.Status, text)
	}
	return text, nil
}
