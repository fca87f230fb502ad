package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
)

// tagTarget gives a scalable target its tags by a second call: the emulator takes none when a target is registered.
func (e *emulator) tagTarget(first *http.Request, request, answer []byte) error {
	var asked struct{ Tags map[string]string }
	if err := json.Unmarshal(request, &asked); err != nil || len(asked.Tags) == 0 {
		return err
	}
	var registered struct{ ScalableTargetARN string }
	if err := json.Unmarshal(answer, &registered); err != nil {
		return err
	}
	return e.again(first, "AnyScaleFrontendService.TagResource", map[string]any{"ResourceARN": registered.ScalableTargetARN, "Tags": asked.Tags})
}

// again makes another call of the service that a request was for.
func (e *emulator) again(first *http.Request, operation string, request map[string]any) error {
	body, err := json.Marshal(request)
	if err != nil {
		return err
	}
	call, err := http.NewRequestWithContext(first.Context(), http.MethodPost, e.target.String(), bytes.NewReader(body))
	if err != nil {
		return err
	}
	call.Header.Set("Authorization", first.Header.Get("Authorization")) // the emulator finds the service in it
	call.Header.Set("Content-Type", "application/x-amz-json-1.1")
	call.Header.Set("X-Amz-Target", operation)
	answer, err := http.DefaultClient.Do(call)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", operation, answer.Status)
	}
	return nil
}
