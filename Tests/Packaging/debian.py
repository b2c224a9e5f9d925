"""A freshly made Debian in a folder, for the tests of the package. Needs root."""

import hashlib
import os
import shutil
import stat
import subprocess
from pathlib import Path

from steps import Failed

ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LC_ALL": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
}


def mirror():
    """Where this machine gets Debian from."""
    targets = subprocess.run(
        [
            "apt-get",
            "indextargets",
            "--format",
            "$(REPO_URI)",
            "Origin: Debian",
            "Label: Debian",
            "Created-By: Packages",
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    return targets.stdout.splitlines()[0]


def base(suite, cache):
    """An archive of the smallest system that has apt; made once, and again when it is deleted."""
    archive = cache / f"{suite}.tar.gz"
    if not archive.exists():
        folder = cache / f"debootstrap-{suite}"
        shutil.rmtree(folder, ignore_errors=True)
        log = cache / f"debootstrap-{suite}.log"
        print(f"  making {archive}, which later runs use again", flush=True)
        with open(log, "w") as output:
            subprocess.run(
                ["debootstrap", "--variant=minbase", suite, folder, mirror()],
                check=True,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        unfinished = archive.with_suffix(".part")
        # gzip, because piuparts reads nothing else.
        subprocess.run(["tar", "--create", "--gzip", "--file", unfinished, "--directory", folder, "."], check=True)
        unfinished.rename(archive)
        shutil.rmtree(folder)
    return archive


class Debian:
    def __init__(self, archive, root):
        self.root = root
        root.mkdir()
        subprocess.run(["tar", "--extract", "--numeric-owner", "--file", archive, "--directory", root], check=True)
        # The network is this machine's.
        shutil.copyfile("/etc/resolv.conf", root / "etc/resolv.conf")
        # apt's own daily job sleeps for up to half an hour.
        self.write("/etc/apt/apt.conf.d/99no-periodic", 'APT::Periodic { Enable "0"; RandomSleep "0"; };\n')

    def path(self, absolute):
        return self.root / str(absolute).lstrip("/")

    def run(self, *command, expecting=0):
        """What the command printed. It sees processes of its own, and takes those that it leaves behind with it."""
        done = subprocess.run(
            [
                *("unshare", "--mount", "--pid", "--fork", "--kill-child"),
                *("sh", "-c", 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"', self.root, *command),
            ],
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
        )
        if done.returncode != expecting:
            shown = " ".join(map(str, command))
            raise Failed(f"`{shown}` exited with {done.returncode}, not {expecting}:\n{done.stdout}")
        return done.stdout

    def boot(self, script):
        """What a script printed that systemd, as init, ran as soon as all else had started. Then the system stops."""
        self.write(
            "/script", f"#!/bin/sh\nexec > /output 2>&1\n{script}\nsystemctl poweroff > /dev/null 2>&1\n", mode=0o755
        )
        self.write(
            "/etc/systemd/system/script.service", "[Unit]\nAfter=multi-user.target\n[Service]\nExecStart=/script\n"
        )
        link = self.path("/etc/systemd/system/multi-user.target.wants/script.service")
        link.symlink_to("../script.service")
        name = f"keybaton-deb-{os.getpid()}"
        # Registered nowhere, because systemd may not be this machine's init. The setting is for machines whose control
        # groups are of the first version, which newer systemds refuse.
        try:
            subprocess.run(
                [
                    *("systemd-nspawn", "--quiet", "--register=no", "--keep-unit", f"--machine={name}"),
                    *("--directory", self.root, "--boot", "--console=pipe"),
                    "SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1",
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=120,
            )
        except subprocess.TimeoutExpired as error:
            raise Failed(f"the system did not start, or did not stop: {error.output}") from None
        finally:
            link.unlink()
            # It is on a disk here, and then nspawn leaves it.
            shutil.rmtree(Path("/run/systemd/nspawn/propagate") / name, ignore_errors=True)
        output = self.path("/output")
        if not output.exists():
            raise Failed("systemd did not start the script")
        return output.read_text()

    def write(self, absolute, text, mode=0o644):
        path = self.path(absolute)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def files(self):
        """Everything but what the kernel makes: type, mode, owner and content by path."""
        found = {}
        for folder, names, files in os.walk(self.root):
            if folder == str(self.root):
                names[:] = [name for name in names if name not in ("proc", "sys", "dev")]
            for name in names + files:
                path = Path(folder) / name
                status = path.lstat()
                content = ""
                if stat.S_ISLNK(status.st_mode):
                    content = os.readlink(path)
                elif stat.S_ISREG(status.st_mode):
                    content = hashlib.sha256(path.read_bytes()).hexdigest()
                found["/" + str(path.relative_to(self.root))] = (status.st_mode, status.st_uid, status.st_gid, content)
        return found

    def owned(self):
        """The paths that installed packages name, below /usr too where Debian has merged the two."""
        lists = self.path("/var/lib/dpkg/info").glob("*.list")
        paths = {line for each in lists for line in each.read_text().splitlines()}
        return paths | {"/usr" + path for path in paths}
