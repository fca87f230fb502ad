package ecr

import (
	"context"
	"encoding/base64"
	"time"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

// tokenLife is how long ECR says that a token is good for. Here it lives as long as the sandbox.
const tokenLife = 12 * time.Hour

func (s *Service) basic() string {
	return base64.StdEncoding.EncodeToString([]byte(user + ":" + s.token))
}

func (s *Service) authorizationToken(context.Context, resource.Properties) (resource.Properties, error) {
	return resource.Encode(map[string]any{
		"id": string(s.region), "authorizationToken": s.basic(), "userName": user, "password": s.token,
		"proxyEndpoint": s.endpoint(), "expiresAt": time.Now().UTC().Add(tokenLife).Format(time.RFC3339),
	})
}

func (s *Service) getRepository(_ context.Context, in resource.Properties) (resource.Properties, error) {
	var ask struct {
		Name string `json:"name"`
	}
	if err := resource.Decode(in, &ask); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, err := s.repository(ask.Name)
	if err != nil {
		return nil, err
	}
	images, err := s.imagesOf(r.Name)
	if err != nil {
		return nil, err
	}
	recent := []string{}
	if n := len(images); n > 0 {
		recent = append(recent, images[n-1].Tags...)
	}
	return resource.Encode(map[string]any{
		"id": r.Name, "name": r.Name, "arn": s.arn(r.Name), "registryId": naming.Account, "repositoryUrl": s.url(r.Name),
		"imageTagMutability": r.Mutability, "mostRecentImageTags": recent, "tags": r.Tags,
		"imageScanningConfigurations": []scanning{r.scanning()}, "encryptionConfigurations": []encryption{r.encryption()},
	})
}

func (s *Service) getImage(_ context.Context, in resource.Properties) (resource.Properties, error) {
	var ask struct {
		imageID
		Repository string `json:"repositoryName"`
		MostRecent bool   `json:"mostRecent"`
	}
	if err := resource.Decode(in, &ask); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if _, err := s.repository(ask.Repository); err != nil {
		return nil, err
	}
	i, err := s.look(ask.Repository, ask.imageID, ask.MostRecent)
	if err != nil {
		return nil, err
	}
	return resource.Encode(map[string]any{
		"id": i.Digest, "imageDigest": i.Digest, "imageTag": ask.Tag, "imageTags": append([]string{}, i.Tags...),
		"imagePushedAt": i.PushedAt.Unix(), "imageSizeInBytes": i.Size, "imageUri": s.url(i.Repository) + "@" + i.Digest,
		"mostRecent": ask.MostRecent, "registryId": naming.Account, "repositoryName": i.Repository,
	})
}

func (s *Service) look(repository string, id imageID, recent bool) (image, error) {
	if recent {
		all, err := s.imagesOf(repository)
		if err != nil {
			return image{}, err
		}
		if n := len(all); n > 0 {
			return all[n-1], nil
		}
		return image{}, noImage(repository, id)
	}
	if id == (imageID{}) {
		return image{}, awsapi.Errorf("InvalidParameterException", "one of imageDigest, imageTag and mostRecent must be given")
	}
	i, found, err := s.find(repository, id)
	if err == nil && !found {
		err = noImage(repository, id)
	}
	return i, err
}

func (r repository) scanning() scanning {
	if r.Scanning == nil {
		return scanning{}
	}
	return *r.Scanning
}

func (r repository) encryption() encryption {
	if len(r.Encryption) == 0 || r.Encryption[0].EncryptionType == "" {
		return encryption{EncryptionType: "AES256"}
	}
	return r.Encryption[0]
}
