package release

import (
	"testing"
)

func TestCompare(t *testing.T) {
	tests := []struct {
		other, own string
		want       standing
	}{
		{arn(8), arn(8), ours},
		{arn(7), arn(8), older},
		{arn(9), arn(10), older},
		{arn(10), arn(9), newer},
		{"arn:aws:ecs:us-east-1:0:task-definition/other:1", arn(9), newer},
		{"", arn(9), newer},
	}
	for _, tt := range tests {
		if got := compare(tt.other, tt.own); got != tt.want {
			t.Errorf("compare(%s, %s) = %d, want %d", tt.other, tt.own, got, tt.want)
		}
	}
}
