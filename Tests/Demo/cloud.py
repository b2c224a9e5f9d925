"""What an administrator prepares in AWS before Keybaton, done on the sandbox: users, policies, the bucket."""

import json
import subprocess
import urllib.request
from contextlib import contextmanager

import boto3
import botocore.config
import botocore.exceptions

USER = "backup"
REGION = "eu-west-1"
ACCOUNT = "123456789012"
BUCKET = f"{ACCOUNT}-accesskey-update"
PARAMETER = f"/keybaton/{USER}"

# One policy serves every managed user.
HOST_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "ssm:GetParameter",
            "Resource": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/keybaton/${{aws:username}}",
        },
        {
            "Effect": "Allow",
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{BUCKET}/acks/${{aws:username}}/*",
        },
    ],
}

ROTATOR_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": [
                "iam:ListAccessKeys",
                "iam:CreateAccessKey",
                "iam:UpdateAccessKey",
                "iam:DeleteAccessKey",
                "iam:GetAccessKeyLastUsed",
                "iam:GetUser",
            ],
            "Resource": f"arn:aws:iam::{ACCOUNT}:user/{USER}",
        },
        {
            "Effect": "Allow",
            "Action": ["ssm:GetParameter", "ssm:PutParameter"],
            "Resource": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter{PARAMETER}",
        },
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{BUCKET}"},
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:DeleteObject"],
            "Resource": f"arn:aws:s3:::{BUCKET}/acks/*",
        },
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": [f"arn:aws:s3:::{BUCKET}/state/*", f"arn:aws:s3:::{BUCKET}/view/*"],
        },
    ],
}

# Nothing but what rotators and hosts have written for others to see.
DASHBOARD_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": f"arn:aws:s3:::{BUCKET}",
            "Condition": {"StringLike": {"s3:prefix": ["acks/*", "view/*"]}},
        },
        {
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": [f"arn:aws:s3:::{BUCKET}/acks/*", f"arn:aws:s3:::{BUCKET}/view/*"],
        },
    ],
}


class Cloud:
    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.environment = {
            "AWS_ENDPOINT_URL": sandbox["endpoint"],
            "AWS_CA_BUNDLE": sandbox["ca_bundle"],
            "PATH": "/usr/bin:/bin",
        }
        self.call("s3", "create_bucket", Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.first_key = self._user(USER, HOST_POLICY)
        self._rotator_key = self._user("rotator", ROTATOR_POLICY)
        self._dashboard_key = self._user("keybaton-dashboard", DASHBOARD_POLICY)

    @classmethod
    @contextmanager
    def started(cls, serve, folder):
        process = subprocess.Popen([serve, "--state-dir", str(folder / "sandbox")], stdout=subprocess.PIPE, text=True)
        try:
            yield cls(json.loads(process.stdout.readline()))
        finally:
            process.terminate()
            process.wait(timeout=10)

    def rotator_credentials(self, folder):
        return self._credentials(folder / "rotator-credentials", self._rotator_key)

    def dashboard_credentials(self, folder):
        return self._credentials(folder / "dashboard-credentials", self._dashboard_key)

    def _credentials(self, path, key):
        path.write_text(
            f"[default]\naws_access_key_id = {key['id']}\naws_secret_access_key = {key['secret']}\n",
        )
        return path

    def keys(self):
        answer = self.call("iam", "list_access_keys", UserName=USER)
        return {key["AccessKeyId"]: key["Status"] for key in answer["AccessKeyMetadata"]}

    def key_status(self, key_id):
        return self.keys().get(key_id)

    def accepts(self, key):
        """Whether AWS takes the key for the managed user's, asked with boto3 for a second opinion."""
        client = boto3.client(
            "sts",
            region_name=REGION,
            endpoint_url=self.sandbox["endpoint"],
            verify=self.sandbox["ca_bundle"],
            aws_access_key_id=key["id"],
            aws_secret_access_key=key["secret"],
            config=botocore.config.Config(retries={"total_max_attempts": 1}),
        )
        try:
            return client.get_caller_identity()["Arn"].endswith(f":user/{USER}")
        except botocore.exceptions.ClientError as error:
            if error.response["Error"]["Code"] == "InvalidClientTokenId":
                return False
            raise

    def objects(self):
        client = boto3.client(
            "s3",
            region_name=REGION,
            endpoint_url=self.sandbox["endpoint"],
            verify=self.sandbox["ca_bundle"],
            **self._admin(),
        )
        listing = client.list_objects_v2(Bucket=BUCKET)
        return [
            client.get_object(Bucket=BUCKET, Key=entry["Key"])["Body"].read().decode() for entry in listing["Contents"]
        ]

    def _admin(self):
        with open(self.sandbox["admin_credentials"]) as file:
            values = dict(line.strip().split(" = ", 1) for line in file if " = " in line)
        return {name: values[name] for name in ("aws_access_key_id", "aws_secret_access_key")}

    def call(self, service, operation, **parameters):
        region = "us-east-1" if service == "iam" else REGION
        return self._post(
            "/call", {"service": service, "operation": operation, "parameters": parameters, "region": region}
        )

    def _user(self, name, policy):
        made = self._post("/users", {"name": name, "policy": policy})
        return {"id": made["access_key_id"], "secret": made["secret_access_key"]}

    def _post(self, path, body):
        request = urllib.request.Request(self.sandbox["control"] + path, data=json.dumps(body).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())
