"""AWS as Keybaton meets it, on one machine: moto for the services' state, and in front of it a judge that checks
signatures, key states and policies, and that misbehaves when a test asks for it.

Why a judge of our own: moto's authentication refuses correct signatures over encoded characters, accepts inactive keys,
tampered S3 bodies and any clock, and answers authentication errors in the wrong protocol. So it is off here.
"""
