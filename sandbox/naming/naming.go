// Package naming makes ids and ARNs in the forms that AWS gives them.
package naming

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
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
