#!/usr/bin/env python3
"""What botocore makes of configuration files, and where it finds services.

Needs botocore. `configuration.py endpoints > ../Fixtures/endpoints.json` and
`configuration.py files > ../Fixtures/files.json` record what ConfigurationTests reads.
"""
import json
import random
import sys
import tempfile

import botocore.configloader
import botocore.exceptions
import botocore.session
from botocore.config import Config

SERVICES = ["sts", "iam", "ec2", "redshift", "redshift-serverless", "redshift-data", "s3",
            "secretsmanager"]
REGIONS = ["us-east-1", "us-east-2", "us-west-2", "eu-central-1", "ap-southeast-4", "sa-east-1",
           "cn-north-1", "cn-northwest-1", "us-gov-west-1", "us-gov-east-1", "us-iso-east-1",
           "us-isob-east-1"]


def endpoints():
    session = botocore.session.get_session()
    records = []
    for fips, dual in [(False, False), (True, False), (False, True)]:
        environment = {}
        if fips:
            environment["AWS_USE_FIPS_ENDPOINT"] = "true"
        if dual:
            environment["AWS_USE_DUALSTACK_ENDPOINT"] = "true"
        for service in SERVICES:
            for region in REGIONS if not (fips or dual) else REGIONS[:9]:
                client = session.create_client(
                    service, region_name=region, aws_access_key_id="k", aws_secret_access_key="s",
                    config=Config(use_fips_endpoint=fips, use_dualstack_endpoint=dual,
                                  s3={"us_east_1_regional_endpoint": "regional"}))
                records.append({
                    "service": service, "region": region, "environment": environment,
                    "url": client.meta.endpoint_url,
                    "signing": client._request_signer._region_name if service == "iam" else region,
                })
    return records


HAND = [
    "[default]\nregion = us-west-2\noutput=json\n",
    "# c\n; d\n[profile  \"with space\"]\nregion: eu-west-1\n  \n[profile 'q']\nA = b = c\n",
    "[profile a]\ns3 =\n  addressing_style = path\n  max_concurrent_requests = 20\nregion = x\n",
    "[profile a]\ns3 =\n  addressing_style\n",
    "[profile a]\nregion = x\nregion = y\n",
    "[profile a]\nregion = x\n[profile a]\noutput = y\n",
    "region = x\n",
    "[profile a]\nnonsense\n",
    "[profile a]\nlong = one\n  two\n\n  three\nregion = z\n",
    "[DEFAULT]\nregion = all\n[profile a]\noutput = text\n[profile b]\nregion = own\n",
    "[profile a\nregion = x\n",
    "[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp/start#/\n",
    "[services dev]\ns3 =\n  endpoint_url = http://127.0.0.1:1\nredshift =\n"
    "  endpoint_url = http://127.0.0.1:2\n",
    "[profile a]\n  region = indented\n  output = same\n",
    "[profile a]\nREGION = upper\n",
    "[profile a]\nvalue = x ; no comment\nother = # text\n",
    "[a]b]\nregion = x\n",
    "[profile a]\n = x\n",
    "[profile a]\nempty =\nregion = r\n",
    "\ufeff[profile a]\nregion = r\n",
    "[profile a]\r\nregion = r\r\ns3 =\r\n  addressing_style = path\r\n",
    "[]\nregion = x\n",
    "[profile a]\ns3 =\n# comment\n  addressing_style = path\n\n  other = x\n",
]


def files():
    chance = random.Random(3)
    lines = ["[default]", "[profile a]", "[profile \"b c\"]", "[other]", "[sso-session s]",
             "[DEFAULT]", "region = x", "  region = y", "Output: json", "s3 =", "  style = path",
             "    deep = a = b", "", "  ", "# comment", "  ; comment", "words without", "a=b=c",
             "key = value # not a comment", "\tt = tab", "=", "x:", "  continued", "[a] rest]"]
    texts = list(HAND)
    for _ in range(300):
        texts.append("\n".join(chance.choice(lines) for _ in range(chance.randint(1, 9))) + "\n")
    records = []
    for text in texts:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            try:
                sections = botocore.configloader.raw_config_parse(file.name)
            except botocore.exceptions.ConfigParseError:
                sections = None
        records.append({"text": text, "sections": sections})
    return records


json.dump(endpoints() if sys.argv[1] == "endpoints" else files(), sys.stdout, indent=1,
          ensure_ascii=False)
print()
