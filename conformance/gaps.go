package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// gap answers calls that the emulator does not know, as AWS's API references have them, and reports whether this was one.
func (e *emulator) gap(w http.ResponseWriter, r *http.Request, body []byte) (bool, error) {
	switch form := string(body); {
	case r.Header.Get("X-Amz-Target") == "AmazonSSM.DescribeInstanceInformation":
		return true, e.online(w, body)
	case strings.HasPrefix(form, "Action=StartInstanceRefresh&"):
		return true, scalingResult(w, "StartInstanceRefresh", "<InstanceRefreshId>08b91cf7-8fa6-48af-b6a6-d227f40f1b9b</InstanceRefreshId>")
	case strings.HasPrefix(form, "Action=DescribeInstanceRefreshes&"):
		return true, scalingResult(w, "DescribeInstanceRefreshes", "<InstanceRefreshes/>") // none is under way any more
	}
	return false, nil
}

// online lists the instances that are asked for and exist as connected: their agent is.
func (e *emulator) online(w http.ResponseWriter, body []byte) error {
	var asked struct {
		Filters []struct {
			Key    string
			Values []string
		}
	}
	if err := json.Unmarshal(body, &asked); err != nil {
		return err
	}
	list := []map[string]any{}
	for _, filter := range asked.Filters {
		if filter.Key != "InstanceIds" {
			continue
		}
		for _, id := range filter.Values {
			if e.world.first("DescribeInstances", "instance-id", id, "instanceId") == id {
				list = append(list, map[string]any{"InstanceId": id, "PingStatus": "Online", "ResourceType": "EC2Instance", "PlatformType": "Linux"})
			}
		}
	}
	return answerJSON(w, map[string]any{"InstanceInformationList": list})
}

func scalingResult(w http.ResponseWriter, operation, result string) error {
	w.Header().Set("Content-Type", "text/xml")
	_, err := fmt.Fprintf(w, `<%[1]sResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"><%[1]sResult>%[2]s</%[1]sResult></%[1]sResponse>`, operation, result)
	return err
}
