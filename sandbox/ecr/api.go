package ecr

import (
	"context"
	"time"

	"slipway/sandbox/awsapi"
)

// API is the part of ECR that AWS's clients can call here.
func (s *Service) API() awsapi.Service {
	return awsapi.Service{
		Name:     "ecr",
		Protocol: awsapi.JSON,
		Actions: map[string]awsapi.Action{
			"BatchDeleteImage":              awsapi.Do(s.batchDeleteImage),
			"BatchGetImage":                 awsapi.Do(s.batchGetImage),
			"CreateRepository":              awsapi.Do(s.createRepository),
			"DeleteLifecyclePolicy":         awsapi.Do(s.deleteLifecyclePolicy),
			"DeleteRepository":              awsapi.Do(s.deleteRepository),
			"ListTagsForResource":           awsapi.Do(s.listTags),
			"PutLifecyclePolicy":            awsapi.Do(s.putLifecyclePolicy),
			"DeleteRepositoryPolicy":        awsapi.Do(s.deleteRepositoryPolicy),
			"PutImageScanningConfiguration": awsapi.Do(s.putScanning),
			"SetRepositoryPolicy":           awsapi.Do(s.setRepositoryPolicy),
			"TagResource":                   awsapi.Do(s.addTags),
			"UntagResource":                 awsapi.Do(s.removeTags),
			"DescribeImages":                awsapi.Do(s.describeImages),
			"DescribeImageScanFindings":     awsapi.Do(s.describeImageScanFindings),
			"DescribeRepositories":          awsapi.Do(s.describeRepositories),
			"GetAuthorizationToken":         awsapi.Do(s.getAuthorizationToken),
			"GetDownloadUrlForLayer":        awsapi.Do(s.getDownloadURLForLayer),
			"GetLifecyclePolicy":            awsapi.Do(s.getLifecyclePolicy),
			"GetRepositoryPolicy":           awsapi.Do(s.getRepositoryPolicy),
			"ListImages":                    awsapi.Do(s.listImages),
			"PutImage":                      awsapi.Do(s.putImage),
			"PutImageTagMutability":         awsapi.Do(s.putImageTagMutability),
		},
		Refused: map[string]string{
			"StartImageScan":                   "there is no scanner; findings are what a file says of the image",
			"InitiateLayerUpload":              "push layers with docker, or any client of the OCI distribution API",
			"PutRegistryScanningConfiguration": "there is no scanner; findings are what a file says of the image",
			"StartLifecyclePolicyPreview":      "no policy is tried; one that is set expires images",
		},
	}
}

type authorizationRequest struct {
	RegistryIDs []string `json:"registryIds"`
}

type authorizationAnswer struct {
	AuthorizationData []authorizationData `json:"authorizationData"`
}

type authorizationData struct {
	AuthorizationToken string      `json:"authorizationToken"`
	ExpiresAt          awsapi.Time `json:"expiresAt"`
	ProxyEndpoint      string      `json:"proxyEndpoint"`
}

func (s *Service) getAuthorizationToken(context.Context, authorizationRequest) (authorizationAnswer, error) {
	return authorizationAnswer{[]authorizationData{{
		s.basic(), awsapi.Time{Time: time.Now().UTC().Add(tokenLife)}, s.endpoint(),
	}}}, nil
}
