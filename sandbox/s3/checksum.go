package s3

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"net/http"
	"strings"
)

// contentMD5 stands among checksums under its own header.
const contentMD5 = "Content-Md5"

// algorithms by the header that their checksums come in.
var algorithms = map[string]func() hash.Hash{
	"X-Amz-Checksum-Crc32":     func() hash.Hash { return crc32.NewIEEE() },
	"X-Amz-Checksum-Crc32c":    func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) },
	"X-Amz-Checksum-Crc64nvme": func() hash.Hash { return crc64.New(crc64.MakeTable(0x9a6c9329ac4bc9b5)) },
	"X-Amz-Checksum-Sha1":      sha1.New,
	"X-Amz-Checksum-Sha256":    sha256.New,
}

// check is a checksum that is made while a body is read.
type check struct {
	header string
	sum    hash.Hash
}

// checks are the checksums that a body must have.
type checks struct {
	made []check
	want map[string]string // filled when the body has come to its end
}

// newChecks prepares for the checksums of a body. Those that stand behind it are announced with an empty text.
func newChecks(want map[string]string) (checks, error) {
	c := checks{want: want}
	for header := range want {
		switch algorithm, known := algorithms[header]; {
		case header == contentMD5:
		case !known:
			return c, errArgument("the checksum %s is not known", strings.ToLower(header))
		default:
			c.made = append(c.made, check{header, algorithm()})
		}
	}
	return c, nil
}

// compare returns S3's error for a body that is not what its sender says it is.
func (c checks) compare(md5 string) error {
	if want := c.want[contentMD5]; want != "" {
		b, err := base64.StdEncoding.DecodeString(want)
		if err != nil || len(b) != 16 {
			return failure(http.StatusBadRequest, "InvalidDigest", "The Content-MD5 you specified is not valid.")
		}
		if hex.EncodeToString(b) != md5 {
			return failure(http.StatusBadRequest, "BadDigest", "The Content-MD5 you specified did not match what we received.")
		}
	}
	for _, one := range c.made {
		made := base64.StdEncoding.EncodeToString(one.sum.Sum(nil))
		switch want := c.want[one.header]; {
		case want == "":
			c.want[one.header] = made
		case want != made:
			return failure(http.StatusBadRequest, "BadDigest", "The %s you specified did not match the calculated checksum.",
				strings.ToUpper(strings.TrimPrefix(one.header, "X-Amz-Checksum-")))
		}
	}
	return nil
}
