package acm

import (
	"context"

	"slipway/sandbox/resource"
)

// Behaviours are the resource types that this service makes real.
func (s *Service) Behaviours() map[string]resource.Behaviour {
	return map[string]resource.Behaviour{"aws:acm/certificate:Certificate": certificates{s}}
}

// certificates is aws:acm/certificate:Certificate. Its id is the ARN.
type certificates struct{ *Service }

type certificateInputs struct {
	Domain   string            `json:"domainName"`
	Names    []string          `json:"subjectAlternativeNames"`
	Body     string            `json:"certificateBody"`
	Key      string            `json:"privateKey"`
	Chain    string            `json:"certificateChain"`
	Validate string            `json:"validationMethod"`
	Tags     map[string]string `json:"tags"`
}

func (b certificates) Create(ctx context.Context, in resource.Properties) (string, resource.Properties, error) {
	var args certificateInputs
	if err := resource.Decode(in, &args); err != nil {
		return "", nil, err
	}
	var made arnMember
	var err error
	if args.Body != "" {
		made, err = b.importOne(ctx, importInput{Certificate: []byte(args.Body), PrivateKey: []byte(args.Key), CertificateChain: []byte(args.Chain), Tags: tags(args.Tags)})
	} else {
		made, err = b.request(ctx, requestInput{DomainName: args.Domain, SubjectAlternativeNames: args.Names, ValidationMethod: args.Validate, Tags: tags(args.Tags)})
	}
	if err != nil {
		return "", nil, err
	}
	out, err := b.outputs(ctx, made.CertificateArn)
	return made.CertificateArn, out, err
}

func tags(all map[string]string) (list []tag) {
	for key, value := range all {
		list = append(list, tag{key, value})
	}
	return list
}

// Update changes tags; what else a certificate is made of replaces it.
func (b certificates) Update(ctx context.Context, id string, in resource.Properties) (resource.Properties, error) {
	var args certificateInputs
	if err := resource.Decode(in, &args); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	c, err := b.find(id)
	if err != nil {
		return nil, err
	}
	c.Tags = args.Tags
	if err := b.table.Put(id, c); err != nil {
		return nil, err
	}
	return b.outputs(ctx, id)
}

func (b certificates) Delete(ctx context.Context, id string) error {
	if _, found, err := b.table.Get(id); err != nil || !found {
		return err
	}
	_, err := b.remove(ctx, arnMember{id})
	return err
}

func (b certificates) Read(ctx context.Context, id string) (resource.Properties, bool, error) {
	if _, found, err := b.table.Get(id); err != nil || !found {
		return nil, false, err
	}
	out, err := b.outputs(ctx, id)
	return out, true, err
}

func (b certificates) outputs(ctx context.Context, arn string) (resource.Properties, error) {
	d, err := b.describe(ctx, arnMember{arn})
	if err != nil {
		return nil, err
	}
	c := d.Certificate
	return resource.Encode(map[string]any{
		"arn": arn, "status": c.Status, "type": c.Type, "keyAlgorithm": c.KeyAlgorithm, "domainName": c.DomainName,
		"subjectAlternativeNames": c.SubjectAlternativeNames, "renewalEligibility": c.RenewalEligibility, "domainValidationOptions": []any{},
	})
}
