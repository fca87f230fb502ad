package ssm

import (
	"encoding/base64"
	"errors"

	"slipway/sandbox/awsapi"
)

// isMissing says whether an error means that there is no such parameter, or no such version of it.
func isMissing(err error) bool {
	var e *awsapi.Error
	return errors.As(err, &e) && (e.Code == "ParameterNotFound" || e.Code == "ParameterVersionNotFound")
}

// sealedText is how a SecureString shows itself to who does not decrypt it.
func sealedText(sealed []byte) string { return base64.StdEncoding.EncodeToString(sealed) }
