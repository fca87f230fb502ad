package provider

import "slipway/sandbox/resource"

var watchForms = map[string]form{
	"aws:cloudwatch/logGroup:LogGroup": {id: byName, outputs: func(o *operation) values {
		return values{"arn": o.Region.ARN("logs", "log-group:"+o.id), "name": o.id, "logGroupClass": "STANDARD"}
	}},
	"aws:cloudwatch/metricAlarm:MetricAlarm": {id: byName, outputs: func(o *operation) values {
		return values{"arn": o.Region.ARN("cloudwatch", "alarm:"+o.id), "name": o.id, "actionsEnabled": true}
	}},
	"aws:cloudwatch/eventRule:EventRule": {id: byName, outputs: func(o *operation) values {
		return values{"arn": o.Region.ARN("events", "rule/"+o.id), "name": o.id, "eventBusName": "default", "state": "ENABLED"}
	}},
	"aws:cloudwatch/eventTarget:EventTarget": {
		id: func(o *operation) string {
			o.target()
			return o.text("rule") + "-" + o.text("targetId")
		},
		outputs: func(o *operation) values { return values{"targetId": o.target()} },
	},
	"aws:ssm/parameter:Parameter": {
		id: byName,
		outputs: func(o *operation) values {
			name := o.id
			if name != "" && name[0] != '/' {
				name = "/" + name
			}
			return values{
				"arn": o.Region.ARN("ssm", "parameter"+name), "name": o.id, "dataType": "text", "tier": "Standard",
				"version": 1, "value": o.text("insecureValue"),
			}
		},
		updated: func(_ *operation, olds resource.Properties) values {
			return values{"version": numberOf(olds, "version") + 1}
		},
	},
	"aws:ssm/association:Association": {outputs: func(o *operation) values {
		return values{"arn": o.Region.ARN("ssm", "association/"+o.id), "associationId": o.id, "documentVersion": "$DEFAULT"}
	}},
}

// target returns the id of an event rule's target; without one the AWS provider makes it.
func (o *operation) target() string {
	if s := o.text("targetId"); s != "" {
		return s
	}
	s := "terraform-" + o.now.Format("20060102150405") + digits()
	o.set("targetId", s)
	return s
}
