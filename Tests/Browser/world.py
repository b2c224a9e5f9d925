"""What the browser looks at: the sandbox's AWS, and `keybaton-dashboard` in front of one of its buckets."""

import json
import os
import re
import selectors
import subprocess
import tempfile
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cloud import ACCOUNT, REGION, Cloud

ROOT = Path(__file__).resolve().parents[2]
BINARIES = Path(os.environ["KEYBATON_BINARIES"])
SCREENSHOTS = ROOT / ".build" / "screenshots"

# What `keybaton policy dashboard` grants, on all of the sandbox's buckets.
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::*"},
        {
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": ["arn:aws:s3:::*/view/*", "arn:aws:s3:::*/acks/*"],
        },
    ],
}


class World:
    """One sandbox and what runs on it, until it is closed."""

    def __init__(self):
        self._stack = ExitStack()
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="keybaton-browser-")))
        self.cloud = self._stack.enter_context(Cloud.started(str(ROOT / "Tests/Sandbox/serve"), self.folder))
        key = self.cloud._user("viewer", POLICY)
        self._credentials = self.folder / "viewer-credentials"
        self._credentials.write_text(
            f"[default]\naws_access_key_id = {key['id']}\naws_secret_access_key = {key['secret']}\n"
        )

    def close(self):
        self._stack.close()

    def bucket(self, name):
        """A further bucket, so that every suite has its own."""
        bucket = f"{ACCOUNT}-{name}"
        self.cloud.call("s3", "create_bucket", Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        return bucket

    def put(self, bucket, key, value):
        body = json.dumps(value)
        self.cloud.call("s3", "put_object", Bucket=bucket, Key=key, Body=body, ContentType="application/json")

    def modified(self, bucket):
        """When each object was written, by its name."""
        found, token = {}, {}
        while True:
            page = self.cloud.call("s3", "list_objects_v2", Bucket=bucket, **token)
            found |= {entry["Key"]: entry["LastModified"] for entry in page.get("Contents", [])}
            if not page.get("IsTruncated"):
                return found
            token = {"ContinuationToken": page["NextContinuationToken"]}

    def fault(self, **fault):
        self.cloud._post("/faults", fault)

    def end_faults(self):
        request = urllib.request.Request(self.cloud.sandbox["control"] + "/faults", method="DELETE")
        urllib.request.urlopen(request, timeout=10).close()

    def _configured(self, bucket):
        configuration = self.folder / f"{bucket}.toml"
        configuration.write_text(f'region = "{REGION}"\nbucket = "{bucket}"\nrefresh = "5s"\n')
        environment = {**self.cloud.environment, "AWS_SHARED_CREDENTIALS_FILE": str(self._credentials)}
        return ["--config", str(configuration)], environment

    @contextmanager
    def served(self, bucket):
        """The address of a dashboard that reads the bucket."""
        options, environment = self._configured(bucket)
        process = subprocess.Popen(
            [BINARIES / "keybaton-dashboard", "serve", "--listen", "127.0.0.1:0", *options],
            env=environment,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        try:
            yield _address(process)
        finally:
            process.terminate()
            rest = process.communicate(timeout=15)[1].decode()
        if process.returncode != 0:
            raise AssertionError(f"the dashboard ended with {process.returncode}: {rest}")

    def exported(self, bucket):
        options, environment = self._configured(bucket)
        folder = self.folder / f"{bucket}-export"
        command = [BINARIES / "keybaton-dashboard", "export", folder, *options]
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, timeout=30)
        return folder


def _address(process):
    selector = selectors.DefaultSelector()
    selector.register(process.stderr, selectors.EVENT_READ)
    said, deadline = b"", time.monotonic() + 15
    while time.monotonic() < deadline and process.poll() is None:
        if not selector.select(timeout=0.5):
            continue
        said += os.read(process.stderr.fileno(), 4096)
        if found := re.search(rb"listening on (http://127\.0\.0\.1:\d+)", said):
            return found[1].decode()
    raise AssertionError(f"the dashboard does not listen: {said.decode()}")
