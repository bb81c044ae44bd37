#!/usr/bin/env python3
"""Writes Fixtures/retries.json: what botocore's standard mode takes for a reason to try again.

Run with botocore installed: python retries.py > ../Fixtures/retries.json
"""

import json

from botocore.retries import standard

transient = standard.TransientRetryableChecker
print(
    json.dumps(
        {
            "throttling": sorted(standard.ThrottledRetryableChecker._THROTTLED_ERROR_CODES),
            "transient": sorted(transient._TRANSIENT_ERROR_CODES),
            "statuses": sorted(transient._TRANSIENT_STATUS_CODES),
            "attempts": standard.DEFAULT_MAX_ATTEMPTS,
            "longest_delay": standard.ExponentialBackoff()._max_backoff,
        },
        indent=1,
    )
)
