package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/codecommit"
	"github.com/aws/aws-sdk-go-v2/service/codecommit/types"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// sourceRepository is what a delivery stack makes in CodeCommit, where the emulator lists none, and in ECR.
var sourceRepository = "slipway"

// nothingLeft asks the services themselves: an empty state does not prove that AWS is empty too.
func nothingLeft(ctx context.Context, state string) error {
	aws, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	var left []string
	repositories, err := ecr.NewFromConfig(aws).DescribeRepositories(ctx, &ecr.DescribeRepositoriesInput{})
	if err != nil {
		return err
	}
	for _, r := range repositories.Repositories {
		left = append(left, *r.RepositoryArn)
	}
	clusters, err := activeClusters(ctx, ecs.NewFromConfig(aws))
	if err != nil {
		return err
	}
	left = append(left, clusters...)
	balancers, err := elasticloadbalancingv2.NewFromConfig(aws).DescribeLoadBalancers(ctx, &elasticloadbalancingv2.DescribeLoadBalancersInput{})
	if err != nil {
		return err
	}
	for _, b := range balancers.LoadBalancers {
		left = append(left, *b.LoadBalancerArn)
	}
	groups, err := cloudwatchlogs.NewFromConfig(aws).DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{})
	if err != nil {
		return err
	}
	for _, g := range groups.LogGroups {
		left = append(left, *g.Arn)
	}
	buckets, err := s3.NewFromConfig(aws).ListBuckets(ctx, &s3.ListBucketsInput{})
	if err != nil {
		return err
	}
	for _, b := range buckets.Buckets {
		if *b.Name == state {
			continue
		}
		left = append(left, "bucket "+*b.Name)
	}
	var gone *types.RepositoryDoesNotExistException
	_, err = codecommit.NewFromConfig(aws).GetRepository(ctx, &codecommit.GetRepositoryInput{RepositoryName: &sourceRepository})
	if err == nil {
		left = append(left, "repository "+sourceRepository)
	} else if !errors.As(err, &gone) {
		return err
	}
	if len(left) > 0 {
		return fmt.Errorf("left on AWS after destroy: %s", strings.Join(left, ", "))
	}
	return nil
}

// activeClusters leaves out clusters that are deleted, which ECS may show as inactive for a while.
func activeClusters(ctx context.Context, client *ecs.Client) ([]string, error) {
	listed, err := client.ListClusters(ctx, &ecs.ListClustersInput{})
	if err != nil || len(listed.ClusterArns) == 0 {
		return nil, err
	}
	described, err := client.DescribeClusters(ctx, &ecs.DescribeClustersInput{Clusters: listed.ClusterArns})
	if err != nil {
		return nil, err
	}
	var active []string
	for _, c := range described.Clusters {
		if *c.Status != "INACTIVE" {
			active = append(active, *c.ClusterArn)
		}
	}
	return active, nil
}
