#!/usr/bin/env python3
"""What botocore sends for an operation, and an answer with every member that the model has.

Needs botocore. `operations.py > ../Fixtures/operations.json` records what OperationTests reads:
for each call the request that botocore's serializer makes of the same input, and an answer made
from the output shape, which botocore's own parser reads back. A text in an answer is the path of
its member, a number is 7.
"""
import base64
import datetime
import json
import sys
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

import botocore.parsers
import botocore.serialize
import botocore.session
import botocore.validate

session = botocore.session.get_session()
TAGS = [{"Key": "made-by", "Value": "redstart & co"}, {"Key": "empty", "Value": ""}]
TAGS_LOWER = [{"key": "made-by", "value": "redstart & co"}, {"key": "empty", "value": ""}]
RULE = [{
    "IpProtocol": "tcp", "FromPort": 5439, "ToPort": 5439,
    "IpRanges": [{"CidrIp": "203.0.113.7/32", "Description": "me"}, {"CidrIp": "10.0.0.0/8"}],
    "Ipv6Ranges": [{"CidrIpv6": "2001:db8::/32", "Description": "six"}],
}]

CALLS = [
    ("sts", "GetCallerIdentity", {}),
    ("sts", "AssumeRole", {
        "RoleArn": "arn:aws:iam::123456789012:role/loader", "RoleSessionName": "redstart",
        "ExternalId": "x=1&y", "DurationSeconds": 900, "Policy": "{}",
        "SerialNumber": "arn:aws:iam::123456789012:mfa/me", "TokenCode": "123456"}),
    ("sts", "AssumeRoleWithWebIdentity", {
        "RoleArn": "arn:aws:iam::123456789012:role/loader", "RoleSessionName": "redstart",
        "WebIdentityToken": "header.payload.signature", "DurationSeconds": 900}),
    ("iam", "CreateRole", {
        "RoleName": "loader", "AssumeRolePolicyDocument": "{\"Version\": \"2012-10-17\"}",
        "Description": "reads S3", "Tags": TAGS}),
    ("iam", "GetRole", {"RoleName": "loader"}),
    ("iam", "DeleteRole", {"RoleName": "loader"}),
    ("iam", "PutRolePolicy", {
        "RoleName": "loader", "PolicyName": "s3", "PolicyDocument": "{\"a\": \"ä+b\"}"}),
    ("iam", "GetRolePolicy", {"RoleName": "loader", "PolicyName": "s3"}),
    ("iam", "DeleteRolePolicy", {"RoleName": "loader", "PolicyName": "s3"}),
    ("iam", "ListRolePolicies", {"RoleName": "loader"}),
    ("iam", "ListAttachedRolePolicies", {"RoleName": "loader"}),
    ("iam", "TagRole", {"RoleName": "loader", "Tags": TAGS}),
    ("ec2", "DescribeSecurityGroups", {
        "GroupIds": ["sg-1", "sg-2"],
        "Filters": [{"Name": "vpc-id", "Values": ["vpc-1", "vpc-2"]}]}),
    ("ec2", "CreateSecurityGroup", {
        "Description": "for redstart", "GroupName": "redstart", "VpcId": "vpc-1",
        "TagSpecifications": [{"ResourceType": "security-group", "Tags": TAGS}]}),
    ("ec2", "DeleteSecurityGroup", {"GroupId": "sg-1"}),
    ("ec2", "AuthorizeSecurityGroupIngress", {"GroupId": "sg-1", "IpPermissions": RULE}),
    ("ec2", "RevokeSecurityGroupIngress", {"GroupId": "sg-1", "IpPermissions": RULE}),
    ("ec2", "DescribeVpcs", {"Filters": [{"Name": "is-default", "Values": ["true"]}]}),
    ("ec2", "DescribeSubnets", {"Filters": [{"Name": "vpc-id", "Values": ["vpc-1"]}]}),
    ("redshift", "CreateCluster", {
        "ClusterIdentifier": "c1", "NodeType": "ra3.large", "MasterUsername": "admin",
        "ManageMasterPassword": True, "ClusterType": "multi-node", "NumberOfNodes": 2,
        "DBName": "dev", "Port": 5439, "IamRoles": ["arn:1", "arn:2"], "DefaultIamRoleArn": "arn:1",
        "VpcSecurityGroupIds": ["sg-1"], "ClusterSubnetGroupName": "subnets",
        "PubliclyAccessible": True, "Encrypted": True, "Tags": TAGS}),
    ("redshift", "DescribeClusters", {"ClusterIdentifier": "c1", "TagKeys": ["made-by"]}),
    ("redshift", "ModifyCluster", {
        "ClusterIdentifier": "c1", "ClusterType": "multi-node", "NodeType": "ra3.4xlarge",
        "NumberOfNodes": 3, "VpcSecurityGroupIds": ["sg-1", "sg-2"], "PubliclyAccessible": False,
        "Encrypted": True, "ManageMasterPassword": True}),
    ("redshift", "PauseCluster", {"ClusterIdentifier": "c1"}),
    ("redshift", "ResumeCluster", {"ClusterIdentifier": "c1"}),
    ("redshift", "DeleteCluster", {
        "ClusterIdentifier": "c1", "SkipFinalClusterSnapshot": False,
        "FinalClusterSnapshotIdentifier": "last"}),
    ("redshift", "ModifyClusterIamRoles", {
        "ClusterIdentifier": "c1", "AddIamRoles": ["arn:1"], "RemoveIamRoles": ["arn:2"],
        "DefaultIamRoleArn": "arn:1"}),
    ("redshift", "GetClusterCredentials", {
        "DbUser": "etl", "DbName": "dev", "ClusterIdentifier": "c1", "DurationSeconds": 900,
        "AutoCreate": False, "DbGroups": ["a", "b"]}),
    ("redshift", "GetClusterCredentialsWithIAM", {
        "DbName": "dev", "ClusterIdentifier": "c1", "DurationSeconds": 900}),
    ("redshift", "CreateClusterSubnetGroup", {
        "ClusterSubnetGroupName": "subnets", "Description": "all", "SubnetIds": ["s-1", "s-2"],
        "Tags": TAGS}),
    ("redshift", "DescribeClusterSubnetGroups", {"ClusterSubnetGroupName": "subnets"}),
    ("redshift", "DeleteClusterSubnetGroup", {"ClusterSubnetGroupName": "subnets"}),
    ("redshift", "CreateTags", {"ResourceName": "arn:c", "Tags": TAGS}),
    ("redshift", "DeleteTags", {"ResourceName": "arn:c", "TagKeys": ["made-by", "empty"]}),
    ("redshift", "DescribeTags", {"ResourceName": "arn:c"}),
    ("redshift-serverless", "CreateNamespace", {
        "namespaceName": "ns1", "adminUsername": "admin", "manageAdminPassword": True,
        "dbName": "dev", "iamRoles": ["arn:1"], "defaultIamRoleArn": "arn:1", "tags": TAGS_LOWER}),
    ("redshift-serverless", "GetNamespace", {"namespaceName": "ns1"}),
    ("redshift-serverless", "UpdateNamespace", {
        "namespaceName": "ns1", "iamRoles": ["arn:1"], "defaultIamRoleArn": "arn:1"}),
    ("redshift-serverless", "DeleteNamespace", {
        "namespaceName": "ns1", "finalSnapshotName": "last", "finalSnapshotRetentionPeriod": 7}),
    ("redshift-serverless", "ListNamespaces", {}),
    ("redshift-serverless", "CreateWorkgroup", {
        "workgroupName": "wg1", "namespaceName": "ns1", "baseCapacity": 8, "maxCapacity": 64,
        "publiclyAccessible": True, "securityGroupIds": ["sg-1"], "subnetIds": ["s-1"],
        "port": 5439, "tags": TAGS_LOWER,
        "configParameters": [{"parameterKey": "require_ssl", "parameterValue": "true"}]}),
    ("redshift-serverless", "GetWorkgroup", {"workgroupName": "wg1"}),
    ("redshift-serverless", "UpdateWorkgroup", {
        "workgroupName": "wg1", "baseCapacity": 16, "maxCapacity": 32, "publiclyAccessible": False,
        "securityGroupIds": ["sg-2"]}),
    ("redshift-serverless", "DeleteWorkgroup", {"workgroupName": "wg1"}),
    ("redshift-serverless", "ListWorkgroups", {}),
    ("redshift-serverless", "ListTagsForResource", {"resourceArn": "arn:wg1"}),
    ("redshift-serverless", "GetCredentials", {
        "workgroupName": "wg1", "dbName": "dev", "durationSeconds": 900}),
    ("redshift-data", "ExecuteStatement", {
        "Sql": "select 'é', :id", "Database": "dev", "ClusterIdentifier": "c1", "DbUser": "etl",
        "ClientToken": "token", "ResultFormat": "JSON", "StatementName": "s", "WithEvent": False,
        "Parameters": [{"name": "id", "value": "1"}]}),
    ("redshift-data", "BatchExecuteStatement", {
        "Sqls": ["select 1", "select 2"], "Database": "dev", "WorkgroupName": "wg1",
        "SecretArn": "arn:s", "ClientToken": "token", "ResultFormat": "CSV",
        "StatementName": "b", "SessionKeepAliveSeconds": 60}),
    ("redshift-data", "DescribeStatement", {"Id": "5c0d6d3e-9b35-4a5e-9c3a-7bdb58a3ee60"}),
    ("redshift-data", "CancelStatement", {"Id": "5c0d6d3e-9b35-4a5e-9c3a-7bdb58a3ee60"}),
    ("redshift-data", "GetStatementResult", {
        "Id": "5c0d6d3e-9b35-4a5e-9c3a-7bdb58a3ee60", "NextToken": "mark"}),
    ("redshift-data", "GetStatementResultV2", {
        "Id": "5c0d6d3e-9b35-4a5e-9c3a-7bdb58a3ee60", "NextToken": "mark"}),
    ("secretsmanager", "GetSecretValue", {"SecretId": "arn:secret"}),
    ("s3", "ListObjectsV2", {
        "Bucket": "lake", "Prefix": "a b/ü+", "Delimiter": "/", "ContinuationToken": "m=1",
        "MaxKeys": 7, "EncodingType": "url"}),
    ("s3", "GetObject", {
        "Bucket": "lake", "Key": "a b/./../ü+&?", "Range": "bytes=5-9", "IfMatch": "\"tag\""}),
    ("s3", "HeadObject", {"Bucket": "lake", "Key": "a//b"}),
    ("s3", "DeleteObject", {"Bucket": "lake", "Key": "a b"}),
    ("s3", "DeleteObjects", {
        "Bucket": "lake", "Delete": {"Objects": [{"Key": "a&b"}, {"Key": "c<d"}], "Quiet": True}}),
    ("s3", "PutObject", {
        "Bucket": "lake", "Key": "dir/file.csv", "Body": b"1,2\n", "ContentType": "text/csv",
        "ChecksumCRC32": "VSFCMw=="}),
    ("s3", "CreateMultipartUpload", {
        "Bucket": "lake", "Key": "a b/ü+", "ChecksumAlgorithm": "CRC32"}),
    ("s3", "UploadPart", {
        "Bucket": "lake", "Key": "a b/ü+", "UploadId": "u/+=1", "PartNumber": 2, "Body": b"1,2\n",
        "ChecksumCRC32": "VSFCMw=="}),
    ("s3", "CompleteMultipartUpload", {
        "Bucket": "lake", "Key": "a b/ü+", "UploadId": "u/+=1", "MultipartUpload": {"Parts": [
            {"ETag": "\"tag\"", "ChecksumCRC32": "VSFCMw==", "PartNumber": 2}]}}),
    ("s3", "AbortMultipartUpload", {"Bucket": "lake", "Key": "a b/ü+", "UploadId": "u/+=1"}),
    ("s3", "GetBucketLocation", {"Bucket": "lake"}),
    ("sso", "GetRoleCredentials", {
        "roleName": "Loader", "accountId": "123", "accessToken": "bearer-token"}),
    ("sso-oidc", "CreateToken", {
        "clientId": "client", "clientSecret": "client-secret", "grantType": "refresh_token",
        "refreshToken": "refresh-token"}),
]

# Members whose names say more than their types do, or that end a listing.
ABSENT = {"Marker", "NextToken", "nextToken", "NextContinuationToken", "SecretBinary"}
MOMENT = datetime.datetime(2030, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)


def sample(shape, path, depth=0):
    """A value of a shape, with every member that it has."""
    kind = shape.type_name
    if kind == "structure":
        if depth > 6:
            return {}
        members = {}
        for name, member in shape.members.items():
            if name in ABSENT:
                continue
            if shape.metadata.get("union") and members:
                continue
            members[name] = sample(member, f"{path}.{name}" if path else name, depth + 1)
        return members
    if kind == "list":
        return [sample(shape.member, f"{path}.{index}", depth + 1) for index in (1, 2)]
    if kind == "map":
        return {"key": sample(shape.value, f"{path}.key", depth + 1)}
    if kind == "timestamp":
        return MOMENT
    if kind == "boolean":
        return not path.endswith("IsTruncated")
    if kind in ("integer", "long"):
        return 7
    if kind in ("float", "double"):
        return 7.5
    if kind == "blob":
        return b"bytes"
    return shape.enum[0] if shape.enum else path


def to_xml(shape, value, name, is_ec2=False):
    kind = shape.type_name
    if kind == "structure":
        inner = ""
        for member, part in shape.members.items():
            if member in value:
                tag = part.serialization.get("name", member)
                inner += to_xml(part, value[member], tag, is_ec2)
        return f"<{name}>{inner}</{name}>"
    if kind == "list":
        item = shape.member.serialization.get("name", "member")
        if shape.serialization.get("flattened"):
            return "".join(to_xml(shape.member, one, name, is_ec2) for one in value)
        inner = "".join(to_xml(shape.member, one, item, is_ec2) for one in value)
        return f"<{name}>{inner}</{name}>"
    if kind == "map":
        return f"<{name}/>"
    if kind == "boolean":
        text = "true" if value else "false"
    elif kind == "timestamp":
        text = value.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    elif kind == "blob":
        text = base64.b64encode(value).decode()
    else:
        text = str(value)
    return f"<{name}>{escape(text)}</{name}>"


def to_json(shape, value):
    kind = shape.type_name
    if kind == "structure":
        return {
            member.serialization.get("name", name): to_json(member, value[name])
            for name, member in shape.members.items() if name in value
        }
    if kind == "list":
        return [to_json(shape.member, one) for one in value]
    if kind == "map":
        return {name: to_json(shape.value, one) for name, one in value.items()}
    if kind == "timestamp":
        iso = shape.serialization.get("timestampFormat") == "iso8601"
        return value.strftime("%Y-%m-%dT%H:%M:%SZ") if iso else value.timestamp()
    if kind == "blob":
        return base64.b64encode(value).decode()
    return value


def answer(service, model):
    shape = model.output_shape
    protocol = service.metadata["protocol"]
    headers, body = {}, ""
    value = sample(shape, "") if shape else {}
    if model.name == "ListObjectsV2":
        value["EncodingType"] = "url"
    if protocol == "query":
        result = to_xml(shape, value, shape.serialization.get("resultWrapper")) if shape else ""
        name = f"{model.name}Response"
        body = (
            f'<?xml version="1.0"?><{name} xmlns="https://{service.service_name}.amazonaws.com/">'
            f"{result}<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></{name}>"
        )
    elif protocol == "ec2":
        inner = to_xml(shape, value, "x", True)[3:-4] if shape else ""
        name = f"{model.name}Response"
        body = f"<{name}><requestId>r-1</requestId>{inner}</{name}>"
    elif protocol == "rest-xml":
        for name, member in shape.members.items() if shape else []:
            place = member.serialization.get("location")
            if place == "header" and name in value:
                headers[member.serialization["name"]] = (
                    value[name].strftime("%a, %d %b %Y %H:%M:%S GMT")
                    if member.type_name == "timestamp" else str(value[name]))
            if place in ("header", "headers", "statusCode"):
                value.pop(name, None)
        if shape and shape.serialization.get("payload") == "Body":
            body, value = "bytes", {}
        elif value:
            names = {
                "ListObjectsV2": "ListBucketResult", "DeleteObjects": "DeleteResult",
                "CreateMultipartUpload": "InitiateMultipartUploadResult",
                "CompleteMultipartUpload": "CompleteMultipartUploadResult",
            }
            body = to_xml(shape, value, names.get(model.name, model.name))
        if model.name == "GetBucketLocation":
            body = "<LocationConstraint>us-west-2</LocationConstraint>"
        headers = {k: v for k, v in headers.items() if k in ("ETag", "Last-Modified")}
    else:
        body = json.dumps(to_json(shape, value) if shape else {})
    # The answer must be one that botocore understands in full.
    parser = botocore.parsers.create_parser(protocol)
    raw = {"status_code": 200, "headers": headers, "body": body.encode()}
    if shape and model.name not in ("GetObject", "GetBucketLocation"):
        parsed = parser.parse(raw, shape)
        parsed.pop("ResponseMetadata", None)
        missing = set(sample(shape, "")) - set(parsed)
        if protocol != "rest-xml" and missing:
            sys.exit(f"{model.name}: botocore reads no {missing}")
    return {"status": 200, "headers": headers, "body": body}


def main():
    records = []
    for service_name, operation, given in CALLS:
        service = session.get_service_model(service_name)
        model = service.operation_model(operation)
        report = botocore.validate.ParamValidator().validate(given, model.input_shape)
        if report.has_errors():
            sys.exit(f"{operation}: {report.generate_report()}")
        protocol = service.metadata["protocol"]
        serializer = botocore.serialize.create_serializer(protocol)
        request = serializer.serialize_to_request(given, model)
        body, query = request["body"], request["query_string"]
        headers = {k: v for k, v in request["headers"].items()}
        record = {
            "service": service_name, "operation": operation, "method": request["method"],
            "path": request["url_path"], "headers": headers, "answer": answer(service, model),
        }
        if protocol in ("query", "ec2"):
            record["fields"] = {k: str(v) for k, v in body.items()}
        elif protocol == "json":
            record["json"] = json.loads(body)
        else:
            record["query"] = {k: str(v) for k, v in query.items()}
            if isinstance(body, bytes):
                body = body.decode()
            record["body"] = body if isinstance(body, str) else ""
        records.append(record)
    json.dump(records, sys.stdout, indent=1, sort_keys=True, ensure_ascii=False)
    print()


main()
