"""A real rotation, watched on an open page that nobody reloads."""

import unittest

from browser import chromium, opened
from cloud import BUCKET
from relay import Demo
from world import BINARIES, SCREENSHOTS, World


class RelayTests(unittest.TestCase):
    """nas and pi are awake; the laptop wakes up while somebody looks."""

    @classmethod
    def setUpClass(cls):
        cls.world = World()
        cls.addClassCleanup(cls.world.close)
        cls.demo = Demo(BINARIES, cls.world.cloud, cls.world.folder)
        cls.nas, cls.pi, cls.laptop = cls.demo.hosts
        for host in cls.demo.hosts:
            host.give(cls.world.cloud.first_key)
        cls.demo.rotator("init", "--adopt", "--profile", "default", "--credentials-file", str(cls.nas.credentials))
        for host in cls.demo.hosts:
            cls.demo.agent(host)
        cls.demo.rotator("run")
        cls.demo.rotator("rotate")
        for host in (cls.nas, cls.pi):
            cls.demo.agent(host)
        cls.demo.rotator("run")
        cls.address = cls.enterClassContext(cls.world.served(BUCKET))
        cls.browser = cls.enterClassContext(chromium())
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def test_1_the_overview_says_who_is_missing(self):
        with opened(self.browser, self.address) as page:
            verdict = page.get_by_role("heading", level=1).inner_text()
            self.assertEqual(verdict, "2 of 3 hosts hold the new key; the old one stays until laptop reports.")
            row = page.get_by_role("row", name="backup").inner_text()
            self.assertIn("Distributing", row)
            self.assertIn("2 of 3", row)
            page.screenshot(path=SCREENSHOTS / "relay-overview.png", full_page=True)

    def test_2_the_page_follows_a_host_that_wakes_up(self):
        with opened(self.browser, self.address + "/users/backup", viewport={"width": 1280, "height": 500}) as page:
            self.assertEqual(states(page), {"laptop": "Behind", "nas": "Current", "pi": "Current"})
            page.screenshot(path=SCREENSHOTS / "relay-before.png", full_page=True)
            # What a person would lose if the page were replaced: where they are, and what they opened.
            page.locator("#host-nas summary").first.click()
            page.evaluate("document.querySelector('#host-nas').scrollIntoView({block: 'center'})")
            page.evaluate("document.querySelector('#host-nas').mark = 'the same'; window.mark = 'the same'")
            before = page.locator("#host-nas").bounding_box()["y"]
            self.demo.agent(self.laptop)
            look_again(page)
            page.locator("#host-laptop.current").wait_for(timeout=20_000)
            self.assertEqual(states(page), {"laptop": "Current", "nas": "Current", "pi": "Current"})
            self.assertTrue(page.locator("#host-laptop").get_by_text("Reported, not verified yet").is_visible())
            kept = page.evaluate("[window.mark, document.querySelector('#host-nas').mark]")
            self.assertEqual(kept, ["the same", "the same"])
            self.assertTrue(page.evaluate("document.activeElement.closest('#host-nas') !== null"))
            self.assertTrue(page.locator("#host-nas details").first.get_attribute("open") is not None)
            self.assertLess(abs(page.locator("#host-nas").bounding_box()["y"] - before), 120)
            page.screenshot(path=SCREENSHOTS / "relay-reported.png", full_page=True)
            self.demo.rotator("run")
            look_again(page)
            page.get_by_text("Reported, not verified yet").wait_for(state="detached", timeout=20_000)
            step = page.locator(".stepper [aria-current=step] .step").inner_text()
            self.assertIn(step, ("Old key quiet", "Old key switched off"))
            page.screenshot(path=SCREENSHOTS / "relay-verified.png", full_page=True)

    def test_3_it_says_when_the_dashboard_cannot_be_reached(self):
        with opened(self.browser, self.address, expecting=["ERR_INTERNET_DISCONNECTED"]) as page:
            page.context.set_offline(True)
            look_again(page)
            page.get_by_role("status").filter(has_text="cannot be reached").wait_for()
            self.assertIn("hosts", page.get_by_role("heading", level=1).inner_text())
            page.screenshot(path=SCREENSHOTS / "unreachable.png")
            page.context.set_offline(False)
            page.locator("#trouble").wait_for(state="hidden", timeout=15_000)

    def test_4_a_bucket_that_fails_leaves_the_last_state(self):
        with opened(self.browser, self.address) as page:
            verdict = page.get_by_role("heading", level=1).inner_text()
            self.world.fault(kind="error", service="s3", status=403, code="AccessDenied", count=None)
            try:
                look_again(page)
                page.locator("#stale").wait_for(timeout=25_000)
                self.assertEqual(page.get_by_role("heading", level=1).inner_text(), verdict)
                page.screenshot(path=SCREENSHOTS / "stale.png", full_page=True)
            finally:
                self.world.end_faults()
            page.locator("#stale").wait_for(state="detached", timeout=25_000)

    def test_5_it_asks_every_minute_and_not_while_nobody_looks(self):
        with opened(self.browser, self.address) as page:
            page.clock.install()
            page.reload()
            asked = []
            page.on("request", lambda request: request.url == self.address + "/" and asked.append(request.url))
            page.clock.run_for(59_000)
            self.assertEqual(len(asked), 0)
            with page.expect_response(self.address + "/"):
                page.clock.run_for(2_000)
            self.hide(page, True)
            page.clock.run_for(600_000)
            self.assertEqual(len(asked), 1)
            with page.expect_response(self.address + "/") as answer:
                self.hide(page, False)
            self.assertEqual(answer.value.status, 304 if answer.value.request.headers.get("if-none-match") else 200)
            self.assertEqual(len(asked), 2)

    def hide(self, page, hidden):
        page.evaluate(
            """hidden => {
                Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
                document.dispatchEvent(new Event('visibilitychange'));
            }""",
            hidden,
        )


def look_again(page):
    """What happens when somebody comes back to the window."""
    page.evaluate("window.dispatchEvent(new Event('focus'))")


def states(page):
    rows = page.locator("table.hosts tbody tr")
    return {row.locator("th").inner_text(): row.locator(".state").inner_text().strip() for row in rows.all()}


if __name__ == "__main__":
    unittest.main()
