package cloud

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
)

// Login answers the user and the password with which Docker reaches the account's registry for twelve hours: ECR gives
// them as user:password in base64 (Amazon ECR API Reference, GetAuthorizationToken, November 2026).
func (c *Cloud) Login(ctx context.Context) (user, password string, err error) {
	out, err := c.ecr.GetAuthorizationToken(ctx, &ecr.GetAuthorizationTokenInput{})
	if err != nil {
		return "", "", wrap("log in to the registry of %s", err, c.Region)
	}
	for _, data := range out.AuthorizationData {
		text, err := base64.StdEncoding.DecodeString(aws.ToString(data.AuthorizationToken))
		if user, password, ok := strings.Cut(string(text), ":"); err == nil && ok {
			return user, password, nil
		}
	}
	return "", "", wrap("log in to the registry of %s", errors.New("ECR answered without a token of the form user:password"), c.Region)
}
