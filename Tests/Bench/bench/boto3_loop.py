"""What a script does without Keybaton: a new key for every user of a path, published in a parameter.

boto3_loop.py REGION PATH PARAMETER_PREFIX
"""

import os
import sys

import boto3
from botocore.config import Config


def main() -> None:
    region, path, prefix = sys.argv[1:]
    # As patient as `keybaton run` with many users.
    patient = Config(retries={"mode": "standard", "total_max_attempts": 8})
    common = {"config": patient, "endpoint_url": os.environ["AWS_ENDPOINT_URL"]}
    iam = boto3.client("iam", region_name="us-east-1", **common)
    ssm = boto3.client("ssm", region_name=region, **common)
    for page in iam.get_paginator("list_users").paginate(PathPrefix=path):
        for user in page["Users"]:
            name = user["UserName"]
            if len(iam.list_access_keys(UserName=name)["AccessKeyMetadata"]) > 1:
                sys.exit(f"{name} has two keys")
            key = iam.create_access_key(UserName=name)["AccessKey"]
            ssm.put_parameter(
                Name=f"{prefix}{name}",
                Type="SecureString",
                Overwrite=True,
                Value=f"NEW\naws_access_key_id = {key['AccessKeyId']}\n"
                f"aws_secret_access_key = {key['SecretAccessKey']}\n",
            )


main()
