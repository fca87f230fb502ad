package policy

// ManagedInstance lets an instance register with Systems Manager, open Session Manager and run commands. AWS's own
// AmazonSSMManagedInstanceCore would let it read every parameter of the account besides (AWS managed policy reference).
func ManagedInstance() []Statement {
	return []Statement{Allow("*",
		"ssm:DescribeAssociation", "ssm:GetDocument", "ssm:DescribeDocument", "ssm:ListAssociations", "ssm:ListInstanceAssociations",
		"ssm:UpdateAssociationStatus", "ssm:UpdateInstanceAssociationStatus", "ssm:UpdateInstanceInformation",
		"ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
		"ec2messages:AcknowledgeMessage", "ec2messages:DeleteMessage", "ec2messages:FailMessage", "ec2messages:GetEndpoint",
		"ec2messages:GetMessages", "ec2messages:SendReply",
	)}
}
