package kms

// ARN returns the ARN of the key that an id, an ARN or an alias means, in any state; empty when there is none.
func (s *Service) ARN(ref string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, err := s.find(ref)
	if err != nil {
		return ""
	}
	return s.arn(k.ID)
}

// MadeWith returns the ARN of the key that a ciphertext names, empty for what is no ciphertext.
func (s *Service) MadeWith(blob []byte) string {
	h, _, err := parse(blob)
	if err != nil {
		return ""
	}
	return s.arn(h.key)
}

// Aliases returns the names, each with alias/ before it, of the key with an ARN.
func (s *Service) Aliases(arn string) (names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, err := s.find(arn)
	if err != nil {
		return nil
	}
	of, _ := s.aliasesOf(k.ID) // what cannot be read grants nothing
	for _, a := range of {
		names = append(names, a.Name)
	}
	return names
}

// Policy returns the policy of the key with an ARN, empty when there is none.
func (s *Service) Policy(arn string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, err := s.find(arn)
	if err != nil {
		return ""
	}
	return k.Policy
}
