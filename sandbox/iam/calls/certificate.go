package calls

var certificates = map[string]rule{
	"DeleteCertificate":      given("CertificateArn"),
	"DescribeCertificate":    given("CertificateArn"),
	"GetCertificate":         given("CertificateArn"),
	"ImportCertificate":      anywhere,
	"ListCertificates":       anywhere,
	"ListTagsForCertificate": given("CertificateArn"),
	"RequestCertificate":     anywhere,
}
