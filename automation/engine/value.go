package engine

import "context"

// Value is one value of the stack's file, decrypted where it is a secret. The key has its namespace.
func (s *Stack) Value(ctx context.Context, key string) (string, error) {
	if err := s.ready(ctx); err != nil {
		return "", err
	}
	if err := s.configure(nil); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	found, err := s.pulumi.GetConfig(sparing(ctx), key)
	if err != nil {
		return "", s.wrap(ctx, "reading "+key+" of", err, nil)
	}
	return found.Value, nil
}
