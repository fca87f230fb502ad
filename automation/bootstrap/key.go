package bootstrap

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"slipway/automation/fault"
)

// keyDiffers finds the key by its alias, and checks that it can be used: a key that is disabled, or that the caller may
// not use, would fail in the middle of the first update.
func (a *account) keyDiffers(ctx context.Context) (string, error) {
	found, err := a.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &a.Alias})
	var missing *types.NotFoundException
	if errors.As(err, &missing) {
		return "create a KMS key with the alias " + a.Alias, nil
	}
	if err != nil {
		return "", err
	}
	key := found.KeyMetadata
	if key.KeyState != types.KeyStateEnabled {
		return "", &fault.Error{
			Op: "looking at the key " + a.Alias, Cause: fmt.Sprintf("%s is %s", aws.ToString(key.Arn), key.KeyState), Code: fault.NotReady,
			Next: map[types.KeyState]string{
				types.KeyStateDisabled:        "aws kms enable-key --key-id " + aws.ToString(key.KeyId),
				types.KeyStatePendingDeletion: "aws kms cancel-key-deletion --key-id " + aws.ToString(key.KeyId),
			}[key.KeyState],
		}
	}
	a.key = aws.ToString(key.Arn)
	_, err = a.kms.Encrypt(ctx, &kms.EncryptInput{KeyId: key.Arn, Plaintext: []byte("slipway")})
	return "", err
}

// makeKey takes the key of another run that was faster, and then deletes its own.
func (a *account) makeKey(ctx context.Context) error {
	made, err := a.kms.CreateKey(ctx, &kms.CreateKeyInput{
		Description: aws.String("State and secrets of Pulumi's stacks"),
		Tags:        []types.Tag{{TagKey: aws.String("slipway:purpose"), TagValue: aws.String("state")}},
	})
	if err != nil {
		return err
	}
	a.key = aws.ToString(made.KeyMetadata.Arn)
	_, err = a.kms.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: &a.Alias, TargetKeyId: made.KeyMetadata.KeyId})
	if err == nil {
		return nil
	}
	return a.settleKey(context.WithoutCancel(ctx), aws.ToString(made.KeyMetadata.Arn), err)
}

// settleKey ends in one of two ways after the alias could not be given to a key: the alias did come to be, whatever the
// answer said, or the key is deleted, because without a name it would never be found again, and be paid for.
func (a *account) settleKey(ctx context.Context, own string, failed error) error {
	named, err := a.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &a.Alias})
	var missing *types.NotFoundException
	if err != nil && !errors.As(err, &missing) {
		return errors.Join(failed, err)
	}
	if err == nil && aws.ToString(named.KeyMetadata.Arn) == own {
		return nil
	}
	_, err = a.kms.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: &own, PendingWindowInDays: aws.Int32(7)})
	var taken *types.AlreadyExistsException
	if err != nil || !errors.As(failed, &taken) {
		return errors.Join(failed, err)
	}
	_, err = a.keyDiffers(ctx)
	return err
}

func (a *account) rotationDiffers(ctx context.Context) (string, error) {
	const what = "rotate the key every year"
	if a.key == "" {
		return what, nil
	}
	status, err := a.kms.GetKeyRotationStatus(ctx, &kms.GetKeyRotationStatusInput{KeyId: &a.key})
	if err != nil || status.KeyRotationEnabled {
		return "", err
	}
	return what, nil
}

func (a *account) rotate(ctx context.Context) error {
	_, err := a.kms.EnableKeyRotation(ctx, &kms.EnableKeyRotationInput{KeyId: &a.key})
	return err
}
