"""Every kind of page, in a real browser: what it shows, to whom, and without what."""

import re
import tempfile
import unittest
import urllib.request
from pathlib import Path

import gallery
from browser import accessibility_problems, chromium, markup_problems, opened
from world import SCREENSHOTS, World

PAGES = {
    "overview": "/",
    "overview-search": "/?search=b&sort=name",
    "overview-none": "/?search=nobody",
    "waiting": "/users/backup",
    "holding": "/users/photos",
    "steady": "/users/media",
    "settling": "/users/git-mirror",
    "observing": "/users/vault",
    "publishing": "/users/a%2Bb%3Dc%40d%2Ce",
    "hostile": "/users/hostile",
    "crowd": "/users/crowd?page=2",
    "crowd-none": "/users/crowd?search=nobody",
}


class PageTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World()
        cls.addClassCleanup(cls.world.close)
        cls.bucket = cls.world.bucket("gallery")
        gallery.build(cls.world, cls.bucket)
        cls.address = cls.enterClassContext(cls.world.served(cls.bucket))
        cls.browser = cls.enterClassContext(chromium())
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def test_the_markup_is_valid(self):
        with tempfile.TemporaryDirectory() as folder:
            files = []
            for name, path in {**PAGES, "root-not-found": "/users/nobody"}.items():
                files.append(Path(folder) / f"{name}.html")
                files[-1].write_bytes(self.read(path, expecting=404 if "not-found" in name else 200))
            self.assertEqual(markup_problems(files), [])

    def read(self, path, expecting=200):
        try:
            answer = urllib.request.urlopen(self.address + path, timeout=10)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            self.assertEqual(answer.status, expecting)
            return answer.read()

    def test_everybody_can_use_it_in_both_themes_at_every_width(self):
        for name, path in PAGES.items():
            with self.subTest(name), opened(self.browser, self.address + path) as page:
                page.evaluate("document.fonts.ready")
                for theme in ("light", "dark"):
                    page.emulate_media(color_scheme=theme)
                    page.screenshot(path=SCREENSHOTS / f"{name}-{theme}.png", full_page=True)
                page.set_viewport_size({"width": 360, "height": 740})
                page.screenshot(path=SCREENSHOTS / f"{name}-360.png", full_page=True)
                page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
                # The phone's in the dark, the desk's in the light.
                self.assertEqual(accessibility_problems(page), [], "dark, 360")
                for width in (320, 360, 768, 1920, 1280):
                    page.set_viewport_size({"width": width, "height": 900})
                    self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), width)
                self.assertEqual(accessibility_problems(page), [], "dark, 1280")
                page.emulate_media(color_scheme="light")
                self.assertEqual(accessibility_problems(page), [], "light, 1280")

    def test_it_is_complete_without_a_script(self):
        for path in ("/", "/users/photos"):
            with opened(self.browser, self.address + path) as page:
                page.evaluate("document.querySelectorAll('.copy').forEach(button => button.remove())")
                with_script = page.inner_text("main")
            with opened(self.browser, self.address + path, java_script_enabled=False) as page:
                self.assertEqual(words(page.inner_text("main")), words(with_script))
                self.assertEqual(page.locator("button.copy:visible").count(), 0)
                self.assertTrue(page.get_by_role("link", name="Reload").is_visible())

    def test_filters_search_and_order_work_without_a_script(self):
        with opened(self.browser, self.address + "/users/photos", java_script_enabled=False) as page:
            self.assertEqual(hosts(page), ["attic-pi", "old-nas", "shed", "new-nas"])
            page.get_by_role("link", name="Missing 2").click()
            self.assertEqual(hosts(page), ["attic-pi", "old-nas"])
            page.get_by_role("link", name="Host", exact=True).click()
            self.assertEqual(page.url, f"{self.address}/users/photos?show=attention&sort=name")
            page.get_by_role("searchbox").fill("NAS")
            page.get_by_role("button", name="Search").click()
            self.assertEqual(hosts(page), ["old-nas"])
            self.assertEqual(page.get_by_role("columnheader", name="Host").get_attribute("aria-sort"), "ascending")
            page.screenshot(path=SCREENSHOTS / "filtered.png", full_page=True)
            page.get_by_role("link", name="All users").click()
            self.assertEqual(page.url, f"{self.address}/")

    def test_long_lists_have_pages(self):
        with opened(self.browser, self.address + "/users/crowd") as page:
            self.assertEqual(len(hosts(page)), 100)
            self.assertEqual(hosts(page)[:3], ["node-007", "node-107", "node-207"])
            page.get_by_role("link", name="Next").click()
            page.get_by_role("link", name="Next").click()
            self.assertEqual(len(hosts(page)), 50)
            self.assertTrue(page.get_by_text("Page 3 of 3").is_visible())

    def test_nothing_that_a_host_says_is_more_than_text(self):
        for path in ("/", "/users/hostile"):
            with opened(self.browser, self.address + path) as page:
                self.assertNotIn("taken", page.title())
                self.assertEqual(page.locator("img").count(), 0)
                self.assertIn("<script>document.title='taken'</script>", page.inner_text("main"))

    def test_the_keyboard_reaches_everything_and_shows_where_it_is(self):
        with opened(self.browser, self.address + "/users/photos") as page:
            page.keyboard.press("Tab")
            self.assertEqual(page.evaluate("document.activeElement.textContent"), "Skip to the content")
            page.keyboard.press("Enter")
            self.assertEqual(page.evaluate("document.activeElement.id"), "main")
            reachable = page.evaluate(
                "[...document.querySelectorAll('main a, main summary, main input, main button')]"
                ".filter(e => e.checkVisibility() && e.type !== 'hidden').length"
            )
            for number in range(reachable):
                page.keyboard.press("Tab")
                outline = page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
                inside = page.evaluate("document.activeElement.closest('main') !== null")
                self.assertTrue(inside and outline >= 2, f"stop {number}: {outline}")
            page.keyboard.press("Tab")
            self.assertFalse(page.evaluate("document.activeElement.closest('main') !== null"))

    def test_commands_can_be_copied(self):
        with opened(
            self.browser, self.address + "/users/backup", permissions=["clipboard-read", "clipboard-write"]
        ) as page:
            page.get_by_role("button", name="Copy the command keybaton waive backup").click()
            page.get_by_role("button", name="Copied").wait_for()
            copied = page.evaluate("navigator.clipboard.readText()")
            self.assertEqual(copied, "keybaton waive backup --host nas-2 --reason ''")

    def test_the_title_and_the_icon_carry_the_count(self):
        with opened(self.browser, self.address + "/users/photos") as page:
            self.assertEqual(page.title(), "(5) photos – Keybaton")
            icon = page.locator("link[rel=icon]").get_attribute("href")
            self.assertIn(">5</text>", self.read(icon.removeprefix("..")).decode())

    def test_it_prints(self):
        with opened(self.browser, self.address + "/users/photos") as page:
            page.emulate_media(media="print")
            self.assertEqual(page.locator(".controls:visible, button:visible").count(), 0)
            self.assertIn("UTC", page.evaluate("getComputedStyle(document.querySelector('time'), '::after').content"))
            sheets = page.pdf(path=SCREENSHOTS / "holding.pdf", format="A4").count(b"/Type /Page\n")
            self.assertIn(sheets, range(1, 5))

    def test_nothing_moves(self):
        with opened(self.browser, self.address + "/users/photos") as page:
            moving = page.evaluate(
                "[...document.querySelectorAll('*')].map(e => getComputedStyle(e))"
                ".filter(s => s.transitionDuration !== '0s' || s.animationName !== 'none').length"
            )
            self.assertEqual(moving, 0)

    def test_an_export_works_from_a_disk(self):
        folder = self.world.exported(self.bucket)
        self.assertEqual(markup_problems([folder / "index.html", folder / "users" / "photos.html"]), [])
        with opened(self.browser, f"file://{folder}/index.html") as page:
            self.assertEqual(accessibility_problems(page), [])
            page.get_by_role("rowheader").get_by_role("link", name="a+b=c@d,e").click()
            self.assertEqual(page.locator("h1").inner_text(), "a+b=c@d,e")
            page.get_by_role("link", name="All users").click()
            page.get_by_role("rowheader").get_by_role("link", name="crowd").click()
            page.get_by_role("link", name="Next").click()
            self.assertEqual(len(hosts(page)), 100)
            page.screenshot(path=SCREENSHOTS / "exported.png")
            links = page.evaluate("[...document.querySelectorAll('[href], [src]')].map(e => e.href || e.src || '')")
            for link in links:
                path = re.sub(r"#.*", "", str(link))
                self.assertTrue(
                    not path.startswith("file:") or Path(urllib.request.url2pathname(path[7:])).is_file(), path
                )


def hosts(page):
    return [row.strip() for row in page.locator("table.hosts tbody th").all_inner_texts()]


def words(text):
    """Without times, which a script goes on counting."""
    return re.sub(r"\d+ (min|h|d)\b|just now|in a moment", "", text).split()


if __name__ == "__main__":
    unittest.main()
