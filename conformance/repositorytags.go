package main

import (
	"encoding/json"
	"net/http"
)

// tagRepository gives a CodeCommit repository its tags by a second call: the emulator takes none when it is made.
func (e *emulator) tagRepository(first *http.Request, request, answer []byte) error {
	var asked struct{ Tags map[string]string }
	if err := json.Unmarshal(request, &asked); err != nil || len(asked.Tags) == 0 {
		return err
	}
	var made struct {
		RepositoryMetadata struct{ Arn string }
	}
	if err := json.Unmarshal(answer, &made); err != nil {
		return err
	}
	return e.again(first, "CodeCommit_20150413.TagResource", map[string]any{"resourceArn": made.RepositoryMetadata.Arn, "tags": asked.Tags})
}
