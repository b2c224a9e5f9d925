"""A long-running program that uses AWS: boto3, with one client that it made at its start.

client.py FOLDER: whenever a file `ask-N` appears, N from 1, it asks STS who it is and writes `key id, then ARN or error
code` into `answer-N`. The file holds how many seconds its clock is ahead: what botocore takes for the time when it
decides whether credentials are old. Ends with its parent, after ten minutes, or by a signal.
"""

import datetime
import os
import sys
import time

import boto3
import botocore.exceptions

folder = sys.argv[1]
session = boto3.Session(region_name="eu-west-1")
client = session.client("sts", config=botocore.config.Config(retries={"total_max_attempts": 1}))
credentials = session.get_credentials()


def answer(ahead):
    if hasattr(credentials, "_time_fetcher"):
        shift = datetime.timedelta(seconds=ahead)
        credentials._time_fetcher = lambda: datetime.datetime.now(datetime.UTC) + shift
    try:
        arn = client.get_caller_identity()["Arn"]
    except botocore.exceptions.ClientError as error:
        arn = error.response["Error"]["Code"]
    return credentials.get_frozen_credentials().access_key + " " + arn


end = time.monotonic() + 600
parent = os.getppid()
number = 1
while time.monotonic() < end and os.getppid() == parent:
    ask, reply = (os.path.join(folder, f"{name}-{number}") for name in ("ask", "answer"))
    if os.path.exists(reply):
        number += 1
    elif os.path.exists(ask):
        with open(ask) as file:
            text = answer(float(file.read()))
        with open(reply + ".new", "w") as file:
            file.write(text)
        os.rename(reply + ".new", reply)
    else:
        time.sleep(0.01)
