"""A test that a person can follow: steps, and what holds after each."""


class Failed(Exception):
    pass


def step(text):
    print(f"\n\N{BULLET} {text}", flush=True)


def check(holds, what):
    print(f"    {'ok' if holds else 'FAILED'}: {what}", flush=True)
    if not holds:
        raise Failed(what)
