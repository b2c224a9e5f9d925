"""Users in every state, as a rotator would have left them in the bucket. All names and keys are invented."""

from datetime import UTC, datetime, timedelta

HOSTILE = (
    "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">'\"&amp;"
    "\N{RIGHT-TO-LEFT OVERRIDE}`"
)
NOW = datetime.now(UTC)


def at(hours):
    """So many hours ago."""
    return (NOW - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def key(word):
    return f"AKIA{word}EXAMPLE00042"


def check_in(user, host, key_id, **changes):
    target = {"path": "/home/alice/.aws/credentials", "profile": "default", "format": "aws-credentials"}
    return {
        "format": 1,
        "host": host,
        "host_name": host,
        "user": user,
        "parameter": f"/keybaton/{user}",
        "parameter_version": 7,
        "key_id": key_id,
        "started_at": at(0),
        "finished_at": at(0),
        "targets": [
            {**target, "key_id": key_id},
            {**target, "path": "/srv/restic.env", "format": "env", "key_id": key_id},
        ],
        "agent_version": "0.3.0",
        "operating_system": "Debian GNU/Linux 12",
        "architecture": "x86_64",
        "clock_skew": 0.2,
        "next_run_due": at(-24),
        **changes,
    }


class Gallery:
    def __init__(self, world, bucket):
        self.world = world
        self.bucket = bucket
        self.views = []

    def user(self, name, phase, hosts, decision=None, **more):
        """`hosts` by name: (state, what its check-in says instead), or a state and None for one without a check-in."""
        old = {"steady": "deleted", "observing": "inactive"}.get(phase, "active")
        for host, (state, changes) in hosts.items():
            if changes is None:
                continue
            held = key("NEW") if state == "current" else key("OLD")
            self.world.put(self.bucket, f"acks/{name}/{held}/{host}.json", check_in(name, host, held, **changes))
        view = {
            "user": name,
            "phase": phase,
            "new": {"id": key("NEW"), "version": 7, "published_at": at(26), "created_at": at(26)},
            "old": {
                "id": key("OLD"),
                "status": old,
                "last_used": {"at": at(3), "service": "s3", "region": "eu-west-1"},
            },
            "decision": decision or {"kind": "wait", "reason": "NEW is 2 days old", "until": at(-28 * 24)},
            "destinations": [],
            "retirement": "acknowledged",
            "upcoming": [{"step": "rotate", "at": at(-28 * 24)}],
            "history": [{"at": at(26), "by": "keybaton", "what": f"published {key('NEW')} as version 7"}],
            **more,
        }
        self.views.append((name, hosts, view))

    def hang(self):
        """Writes the views, which have seen the check-ins that are there."""
        modified = self.world.modified(self.bucket)
        for name, hosts, view in self.views:
            view["hosts"] = []
            for host, (state, changes) in hosts.items():
                shown = {"host": host, "expected": True, "state": state}
                if changes is not None:
                    held = key("NEW") if state == "current" else key("OLD")
                    seen = modified[f"acks/{name}/{held}/{host}.json"]
                    shown |= {"key_id": held, "last_seen": _instant(seen), "verified": True}
                    if "problem" in changes:
                        shown["problem"] = changes["problem"]
                elif state == "silent":
                    shown |= {"key_id": key("OLD"), "last_seen": at(19 * 24)}
                view["hosts"].append(shown)
            view["hosts"].sort(key=lambda host: host["host"])
            # Later than every check-in.
            report = {"schema": 1, "generated_at": at(-0.01), "users": [view]}
            self.world.put(self.bucket, f"view/{name}.json", report)


def _instant(text):
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def build(world, bucket):
    gallery = Gallery(world, bucket)
    gallery.user(
        "backup",
        "distributing",
        {
            "desktop-5e6f7a8b": ("current", {}),
            "laptop": ("current", {}),
            "nas-1": ("current", {}),
            "nas-2": ("behind", {}),
        },
        {
            "kind": "wait",
            "reason": "3 of 4 hosts hold NEW; OLD stays until nas-2 reports NEW; a hold when the deadline has passed",
            "until": at(-13 * 24),
        },
        destinations=[{"name": "secrets-manager keys/backup", "holds_new": True}],
    )
    gallery.user(
        "photos",
        "distributing",
        {
            "attic-pi": (
                "problem",
                {
                    "problem": {
                        "code": "target-unwritable",
                        "message": "/home/alice/.aws/credentials: read-only file system",
                    }
                },
            ),
            "old-nas": ("silent", None),
            "new-nas": ("current", {"clock_skew": 600.5}),
            "shed": ("waived", None),
        },
        {
            "kind": "hold",
            "reason": "1 of 3 hosts hold NEW; OLD stays until attic-pi and old-nas report NEW, and the deadline has "
            "passed. Wake them, or run `keybaton waive photos --host attic-pi --reason …`",
        },
        destinations=[
            {"name": "github acme/site", "holds_new": False, "problem": "403: the token lacks `secrets: write`"},
            {"name": "gitlab acme/site", "holds_new": True},
        ],
        undelivered=[
            {"notifier": "webhook ntfy", "event": "hold", "problem": "could not connect to 192.0.2.7", "since": at(9)}
        ],
        waivers=[{"subject": {"host": "shed"}, "version": 7, "reason": "the roof leaks", "by": "alice", "at": at(20)}],
    )
    gallery.user("media", "steady", {"tv": ("current", {}), "kodi-0a1b2c3d": ("current", {})})
    gallery.user("git-mirror", "settling", {"git": ("current", {})})
    gallery.user("vault", "observing", {"safe": ("current", {}), "cellar": ("current", {})})
    gallery.user("a+b=c@d,e", "publishing", {"pi": ("behind", {})})
    problem = {"code": HOSTILE, "message": HOSTILE}
    gallery.user(
        "hostile",
        "distributing",
        {
            "evil": (
                "problem",
                {
                    "problem": problem,
                    "agent_version": HOSTILE,
                    "operating_system": HOSTILE,
                    "architecture": HOSTILE,
                    "clock_skew": 1e300,
                    "targets": [
                        {
                            "path": HOSTILE,
                            "profile": HOSTILE,
                            "format": HOSTILE,
                            "key_id": key("OLD"),
                            "problem": problem,
                        }
                    ],
                },
            )
        },
        {"kind": "hold", "reason": HOSTILE},
        destinations=[{"name": HOSTILE, "holds_new": False, "problem": HOSTILE}],
        undelivered=[{"notifier": HOSTILE, "event": HOSTILE, "problem": HOSTILE, "since": at(1)}],
        waivers=[{"subject": {"unknown_use": True}, "version": 7, "reason": HOSTILE, "by": HOSTILE, "at": at(1)}],
        history=[{"at": at(1), "by": HOSTILE, "what": HOSTILE}],
    )
    crowd = {f"node-{number:03}": ("silent" if number % 100 == 7 else "waived", None) for number in range(250)}
    gallery.user("crowd", "distributing", crowd)
    gallery.hang()
