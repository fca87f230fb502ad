// Package naming makes ids and ARNs in the forms that AWS gives them.
package naming

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
)

// Account and Partition are the same in every sandbox.
const (
	Account   = "000000000000"
	Partition = "aws"
)

// Region is the one region that a sandbox stands in.
type Region string

// ARN returns arn:aws:service:region:account:resource.
func (r Region) ARN(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", Partition, service, r, Account, resource)
}

// GlobalARN returns the ARN of a resource of a service without regions, such as IAM.
func GlobalARN(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s::%s:%s", Partition, service, Account, resource)
}

// Hex returns n random lower-case hexadecimal digits.
func Hex(n int) string {
	b := make([]byte, (n+1)/2)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the process instead
	return hex.EncodeToString(b)[:n]
}

// ID returns an EC2-style id: the prefix, a dash and 17 hexadecimal digits (vpc-0123456789abcdef0).
func ID(prefix string) string { return prefix + "-" + Hex(17) }

// regionForm is the grammar of AWS's region names (us-east-1, us-gov-west-1, ap-southeast-2).
var regionForm = regexp.MustCompile(`^[a-z]{2}(-[a-z]+){1,2}-[1-9]$`)

// CheckRegion returns an error for text that does not have the form of a region's name.
func CheckRegion(name string) error {
	if !regionForm.MatchString(name) {
		return errors.New("a region is written like us-east-1")
	}
	return nil
}

// UUID returns a random UUID, version 4, as RFC 9562 writes it.
func UUID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the process instead
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
