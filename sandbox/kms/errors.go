package kms

import (
	"errors"

	"slipway/sandbox/awsapi"
)

func invalid(format string, args ...any) error {
	return awsapi.Errorf("ValidationException", format, args...)
}

func unsupported(format string, args ...any) error {
	return awsapi.Errorf("UnsupportedOperationException", format, args...)
}

func errNoKey(arn string) error {
	return awsapi.Errorf("NotFoundException", "Key '%s' does not exist", arn)
}

func errNoAlias(arn string) error {
	return awsapi.Errorf("NotFoundException", "Alias %s is not found.", arn)
}

func errDisabled(arn string) error { return awsapi.Errorf("DisabledException", "%s is disabled.", arn) }

func errPending(arn string) error {
	return awsapi.Errorf("KMSInvalidStateException", "%s is pending deletion.", arn)
}

// errCiphertext says of a blob that it is none of KMS's, was changed, or was made with another encryption context;
// AWS does not tell which.
func errCiphertext() error { return awsapi.Errorf("InvalidCiphertextException", "") }

// isMissing says whether an error means that there is no such key or alias.
func isMissing(err error) bool {
	var e *awsapi.Error
	return errors.As(err, &e) && e.Code == "NotFoundException"
}
