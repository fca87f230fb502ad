package iam

import "strings"

// awsPolicies are policies that AWS keeps for everybody, by the end of their ARN, with what of them is about services that
// answer here (AWS managed policy reference, one page each, November 2026).
var awsPolicies = map[string]string{
	"AdministratorAccess":          grant(`"*"`),
	"AmazonS3FullAccess":           grant(`"s3:*"`),
	"AmazonS3ReadOnlyAccess":       grant(`"s3:Get*","s3:List*","s3:Describe*"`),
	"AmazonSSMFullAccess":          grant(`"ssm:*"`),
	"AmazonSSMReadOnlyAccess":      grant(`"ssm:Describe*","ssm:Get*","ssm:List*"`),
	"CloudWatchLogsFullAccess":     grant(`"logs:*"`),
	"CloudWatchLogsReadOnlyAccess": grant(`"logs:Describe*","logs:Get*","logs:List*","logs:StartQuery","logs:StopQuery","logs:FilterLogEvents","logs:StartLiveTail","logs:StopLiveTail"`),
	"service-role/AmazonECSTaskExecutionRolePolicy": grant(`"ecr:GetAuthorizationToken","ecr:BatchCheckLayerAvailability",` +
		`"ecr:GetDownloadUrlForLayer","ecr:BatchGetImage","logs:CreateLogStream","logs:PutLogEvents"`),
	"service-role/AmazonEC2ContainerServiceforEC2Role": grant(`"ec2:DescribeTags","ecs:CreateCluster","ecs:DeregisterContainerInstance",` +
		`"ecs:DiscoverPollEndpoint","ecs:Poll","ecs:RegisterContainerInstance","ecs:StartTelemetrySession","ecs:UpdateContainerInstancesState",` +
		`"ecs:Submit*","ecr:GetAuthorizationToken","ecr:BatchCheckLayerAvailability","ecr:GetDownloadUrlForLayer","ecr:BatchGetImage",` +
		`"logs:CreateLogStream","logs:PutLogEvents"`),
}

func grant(actions string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[` + actions + `],"Resource":"*"}]}`
}

// Managed returns the document of one of AWS's own policies, false when it is not known here.
func Managed(arn string) (document string, known bool) {
	_, name, _ := strings.Cut(arn, ":iam::aws:policy/")
	document, known = awsPolicies[name]
	return document, known
}
