#!/usr/bin/env python3
"""Random requests signed by botocore, one JSON object a line, for SignatureTests.

Needs botocore. `signatures.py 300 7 > ../Fixtures/signatures.jsonl` records what the tests read;
more can be tried with `signatures.py 10000 8 > FILE` and REDSTART_SIGNATURES=FILE.
"""
import datetime
import json
import random
import sys
from unittest import mock
from urllib.parse import parse_qsl, quote, urlsplit

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

count, seed = int(sys.argv[1]), int(sys.argv[2])
chance = random.Random(seed)
PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"
ODD = " !\"#$%&'()*+,/:;<=>?@[\\]^`{|}äöß€日本\U0001F600\t"


def text(alphabet, least, most):
    return "".join(chance.choice(alphabet) for _ in range(chance.randint(least, most)))


def mixed(least, most):
    return text(PLAIN * 2 + ODD, least, most)


def path(is_s3):
    segments = [
        chance.choice(["", ".", "..", mixed(0, 12), text(PLAIN, 1, 12), "a%2Fb"])
        for _ in range(chance.randint(0, 5))
    ]
    result = "/" + "/".join(segments)
    if is_s3 and chance.random() < 0.5:
        result = "/" + mixed(1, 60)
    return quote(result, safe="/-_.~")


def header_value():
    words = [text(PLAIN, 1, 10) for _ in range(chance.randint(0, 4))]
    return chance.choice(["", " ", "  "]) + chance.choice([" ", "  ", "   "]).join(words)


def case():
    is_s3 = chance.random() < 0.5
    service = "s3" if is_s3 else chance.choice(
        ["sts", "iam", "ec2", "redshift", "redshift-data", "redshift-serverless", "secretsmanager"]
    )
    body = "" if chance.random() < 0.4 else mixed(0, 200)
    query = [
        [mixed(1, 8), chance.choice(["", mixed(0, 20)])] for _ in range(chance.randint(0, 5))
    ]
    kind = chance.choice(["header", "header", "query"])
    # botocore drops repeated names when it signs an address.
    if kind == "query":
        query = [list(pair) for pair in dict(query).items()]
    elif query and chance.random() < 0.3:
        query.append([query[0][0], mixed(0, 5)])
    headers = {}
    for _ in range(chance.randint(0, 4)):
        name = chance.choice(["x-amz-meta-", "X-Amz-", "X-"]) + text(PLAIN[:52], 1, 8)
        headers[name.lower()] = [name, header_value()]
    if chance.random() < 0.5:
        headers["content-type"] = ["Content-Type", "application/x-amz-json-1.1"]
    for unsigned in ["User-Agent", "Expect", "X-Amzn-Trace-Id", "Transfer-Encoding"]:
        if chance.random() < 0.1:
            headers[unsigned.lower()] = [unsigned, "value"]
    if chance.random() < 0.3:
        headers["range"] = ["Range", "bytes=0-99"]
    authority = chance.choice(
        ["bucket.s3.us-west-2.amazonaws.com", "sts.eu-central-1.amazonaws.com", "127.0.0.1:5757",
         "localhost:8080", "example.com"]
    )
    return {
        "kind": kind,
        "service": service,
        "region": chance.choice(["us-east-1", "us-west-2", "eu-central-1", "cn-north-1"]),
        "method": chance.choice(["GET", "PUT", "POST", "HEAD", "DELETE"]),
        "scheme": "https",
        "authority": authority,
        "path": path(is_s3),
        "query": query,
        "headers": list(headers.values()),
        "body": body,
        "isUnsigned": is_s3 and chance.random() < 0.3,
        "key": "TEST" + text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16, 16),
        "secret": text(PLAIN + "+/", 40, 40),
        "token": text(PLAIN + "+/=", 20, 120) if chance.random() < 0.5 else None,
        "time": chance.randint(1_000_000_000, 2_000_000_000),
        "expires": chance.randint(1, 604_800),
    }


def sign(case):
    pairs = "&".join(
        quote(name, safe="-_.~") + "=" + quote(value, safe="-_.~") for name, value in case["query"]
    )
    url = f"{case['scheme']}://{case['authority']}{case['path']}" + (f"?{pairs}" if pairs else "")
    is_query = case["kind"] == "query"
    body = b"" if is_query else case["body"].encode()
    request = AWSRequest(method=case["method"], url=url, data=body)
    for name, value in case["headers"]:
        request.headers[name] = value
    credentials = Credentials(case["key"], case["secret"], case["token"])
    is_s3 = case["service"] == "s3"
    arguments = [credentials, case["service"], case["region"]]
    if is_query:
        kind = botocore.auth.S3SigV4QueryAuth if is_s3 else botocore.auth.SigV4QueryAuth
        signer = kind(*arguments, expires=case["expires"])
    else:
        kind = botocore.auth.S3SigV4Auth if is_s3 else botocore.auth.SigV4Auth
        signer = kind(*arguments)
        signing = {"payload_signing_enabled": not case["isUnsigned"]}
        request.context["client_config"] = Config(s3=signing)
    moment = datetime.datetime.fromtimestamp(case["time"], datetime.timezone.utc)
    with mock.patch("botocore.auth.get_current_datetime", lambda *_: moment.replace(tzinfo=None)):
        signer.add_auth(request)
    if is_query:
        given = dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))
        return given["X-Amz-Signature"] + " " + given["X-Amz-SignedHeaders"]
    return request.headers["Authorization"]


for _ in range(count):
    one = case()
    one["expected"] = sign(one)
    print(json.dumps(one, ensure_ascii=False, sort_keys=True))
