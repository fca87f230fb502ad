# An hour with boto3: pages, waiters, transfers in parts and links. Any exception is a failure.
import io
import sys
import time
import urllib.request

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError


def client(name, **settings):
    return boto3.client(name, config=Config(retries={"max_attempts": 1}, **settings))


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as e:
        assert e.response["Error"]["Code"] == code, f"{e} is not {code}"
    else:
        raise AssertionError(f"{call} is not refused")


def pages(service, name, member, size, **arguments):
    paginator = service.get_paginator(name).paginate(PaginationConfig={"PageSize": size}, **arguments)
    return [len(page.get(member, [])) for page in paginator]


def objects():
    s3, small = client("s3"), TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20)
    s3.create_bucket(Bucket="hour-bucket", CreateBucketConfiguration={"LocationConstraint": sys.argv[1]})
    for i in range(5):
        s3.put_object(Bucket="hour-bucket", Key=f"p/{i}", Body=b"text", Metadata={"who": "me"})
    assert pages(s3, "list_objects_v2", "Contents", 2, Bucket="hour-bucket") == [2, 2, 1]
    s3.upload_fileobj(io.BytesIO(b"z" * (12 << 20)), "hour-bucket", "big", Config=small)
    s3.get_waiter("object_exists").wait(Bucket="hour-bucket", Key="big")
    s3.copy({"Bucket": "hour-bucket", "Key": "big"}, "hour-bucket", "copied", Config=small)
    back = io.BytesIO()
    s3.download_fileobj("hour-bucket", "copied", back, Config=small)
    assert len(back.getvalue()) == 12 << 20
    what = {"Bucket": "hour-bucket", "Key": "p/0"}
    link = client("s3", signature_version="s3v4").generate_presigned_url("get_object", Params=what)
    assert urllib.request.urlopen(link).read() == b"text"
    refused("NoSuchKey", s3.get_object, Bucket="hour-bucket", Key="none")
    refused("404", s3.head_object, Bucket="hour-bucket", Key="none")
    refused("NoSuchBucketPolicy", s3.get_bucket_policy, Bucket="hour-bucket")
    refused("BucketNotEmpty", s3.delete_bucket, Bucket="hour-bucket")
    refused("NotImplemented", s3.put_object_tagging, Bucket="hour-bucket", Key="p/0", Tagging={"TagSet": []})
    everything = [{"Key": key} for key in ["big", "copied"] + [f"p/{i}" for i in range(5)]]
    assert len(s3.delete_objects(Bucket="hour-bucket", Delete={"Objects": everything})["Deleted"]) == 7
    s3.delete_bucket(Bucket="hour-bucket")


def lines():
    logs, now = client("logs"), int(time.time() * 1000)
    logs.create_log_group(logGroupName="/hour", tags={"a": "b"})
    logs.create_log_stream(logGroupName="/hour", logStreamName="s")
    sent = [{"timestamp": now + i, "message": f"line {i}"} for i in range(30)]
    logs.put_log_events(logGroupName="/hour", logStreamName="s", logEvents=sent)
    assert pages(logs, "filter_log_events", "events", 10, logGroupName="/hour", filterPattern="line") == [10, 10, 10]
    group = logs.describe_log_groups(logGroupNamePrefix="/hour")["logGroups"][0]["logGroupArn"]
    logs.tag_resource(resourceArn=group, tags={"c": "d"})
    logs.untag_resource(resourceArn=group, tagKeys=["a"])
    assert logs.list_tags_for_resource(resourceArn=group)["tags"] == {"c": "d"}
    logs.put_retention_policy(logGroupName="/hour", retentionInDays=7)


def images():
    ecr = client("ecr")
    ecr.create_repository(repositoryName="hour/app", tags=[{"Key": "a", "Value": "b"}])
    policy = '{"Version":"2012-10-17","Statement":[]}'
    assert ecr.set_repository_policy(repositoryName="hour/app", policyText=policy)["policyText"] == policy
    ecr.delete_repository_policy(repositoryName="hour/app")
    refused("RepositoryPolicyNotFoundException", ecr.get_repository_policy, repositoryName="hour/app")
    assert pages(ecr, "describe_images", "imageDetails", 1, repositoryName="hour/app") == [0]
    ecr.put_image_scanning_configuration(repositoryName="hour/app", imageScanningConfiguration={"scanOnPush": True})
    ecr.delete_repository(repositoryName="hour/app", force=True)


def tasks():
    ecs = client("ecs")
    ecs.create_cluster(clusterName="hour")
    app = {"name": "app", "image": "app:1", "memory": 64}
    for _ in range(3):
        ecs.register_task_definition(family="web", containerDefinitions=[app])
    assert pages(ecs, "list_task_definitions", "taskDefinitionArns", 2, familyPrefix="web") == [2, 1]
    ecs.create_service(cluster="hour", serviceName="web", taskDefinition="web", desiredCount=0)
    first = ecs.list_service_deployments(cluster="hour", service="web")["serviceDeployments"][0]
    assert first["status"] == "PENDING"
    found = ecs.describe_service_revisions(serviceRevisionArns=[first["targetServiceRevisionArn"]])
    assert found["serviceRevisions"][0]["containerImages"] == [{"containerName": "app", "image": "app:1"}]
    ecs.deregister_task_definition(taskDefinition="web:1")
    gone = ecs.delete_task_definitions(taskDefinitions=["web:1", "web:2"])
    assert gone["taskDefinitions"][0]["revision"] == 1 and gone["failures"][0]["arn"].endswith("web:2")


def others():
    ssm = client("ssm")
    for name in ["a", "b", "c/d"]:
        ssm.put_parameter(Name="/hour/" + name, Value="v", Type="SecureString")
    assert pages(ssm, "get_parameters_by_path", "Parameters", 1, Path="/hour", Recursive=True) == [1, 1, 1]
    refused("UnknownOperationException", ssm.send_command, DocumentName="AWS-RunShellScript", InstanceIds=["i-0123456789abcdef0"])
    refused("AccessDenied", client("sts").assume_role, RoleArn="arn:aws:iam::000000000000:role/none", RoleSessionName="me")
    for name, call in {
        "cloudformation": "list_stacks", "lambda": "list_functions", "eks": "list_clusters", "dynamodb": "list_tables",
        "sqs": "list_queues", "cloudwatch": "list_metrics", "codebuild": "list_projects", "rds": "describe_db_instances",
        "route53": "list_hosted_zones",
    }.items():
        try:
            getattr(client(name), call)()
        except ClientError as e:
            assert "does not exist here" in str(e), e
        else:
            raise AssertionError(f"{name} is answered")


for part in [objects, lines, images, tasks, others]:
    part()
print("done")
