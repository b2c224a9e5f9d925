"""Tests of the sandbox itself, with boto3 and the AWS CLI as second opinions."""
