"""Writes Fixtures/role_cache.json: the names under which botocore, and so the AWS CLI, keeps the
keys of roles.

Run with botocore installed: python role_cache.py > ../Fixtures/role_cache.json
"""

import itertools
import json

from botocore.credentials import AssumeRoleCredentialFetcher

DEVICE = "arn:aws:iam::123456789012:mfa/me"
records = []
for role, session, external, duration in itertools.product(
    ["arn:aws:iam::123456789012:role/etl", "arn:aws-cn:iam::1:role/path/to/a+b=c,d.e@f"],
    [None, "nightly@example.com"],
    [None, 'quote " back \\ slash / tab \t', "grün \U0001f600 \x7f"],
    [None, 900, 43200],
):
    extra = {"SerialNumber": DEVICE}
    if session is not None:
        extra["RoleSessionName"] = session
    if external is not None:
        extra["ExternalId"] = external
    if duration is not None:
        extra["DurationSeconds"] = duration
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=None,
        source_credentials=None,
        role_arn=role,
        extra_args=extra,
        mfa_prompter=None,
        cache={},
    )
    records.append(
        {
            "role": role,
            "session": session,
            "external": external,
            "duration": duration,
            "device": DEVICE,
            "name": fetcher._cache_key,
        }
    )
print(json.dumps(records, indent=1))
