// Keeps an open page fresh. Everything is on the page without it.
(() => {
  "use strict";
  const root = document.documentElement;
  const isLive = root.dataset.live !== undefined;
  // The server's clock: a laptop that slept or travelled must not call a fresh check-in old. An exported page has no
  // server, and its age is what matters.
  const offsetOf = (page) => Date.parse(page.dataset.now) - Date.now();
  let offset = isLive ? offsetOf(root) : 0;
  root.classList.add("js");

  // Times

  function words(milliseconds) {
    const seconds = Math.round(milliseconds / 1000);
    const size = Math.abs(seconds);
    if (size < 60) return seconds > 0 ? "in a moment" : "just now";
    const [unit, letter] = size >= 172800 ? [86400, "d"] : size >= 5400 ? [3600, "h"] : [60, "min"];
    const length = `${Math.floor((size + unit / 2) / unit)} ${letter}`;
    return seconds > 0 ? `in ${length}` : `${length} ago`;
  }

  function tellTimes() {
    const now = Date.now() + offset;
    for (const time of document.querySelectorAll("time[datetime]")) {
      const date = Date.parse(time.dateTime);
      const text = words(date - now);
      if (time.textContent !== text) time.textContent = text;
      time.title = `${new Date(date).toLocaleString()} (${time.dateTime.slice(0, 16).replace("T", " ")} UTC)`;
    }
  }

  // Taking over what changed, and nothing else: focus, scroll, selection and open details stay where they are.

  const keyOf = (node) => (node.nodeType === Node.ELEMENT_NODE && (node.id || node.dataset.key)) || null;
  const kept = { DETAILS: ["open"], INPUT: ["value"] };

  function takeOver(old, fresh) {
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
      return;
    }
    if (old.isEqualNode(fresh)) return;
    const own = kept[old.tagName] ?? [];
    for (const { name, value } of fresh.attributes)
      if (!own.includes(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
    for (const { name } of [...old.attributes])
      if (!own.includes(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
    const byKey = new Map([...old.childNodes].filter(keyOf).map((child) => [keyOf(child), child]));
    let next = old.firstChild;
    for (const child of [...fresh.childNodes]) {
      const key = keyOf(child);
      const alike = key
        ? byKey.get(key)
        : next && !keyOf(next) && next.nodeType === child.nodeType && next.nodeName === child.nodeName && next;
      if (alike && alike.nodeName === child.nodeName) {
        byKey.delete(key);
        if (alike === next) next = next.nextSibling;
        else old.insertBefore(alike, next);
        takeOver(alike, child);
      } else {
        old.insertBefore(document.importNode(child, true), next);
      }
    }
    while (next) {
      const after = next.nextSibling;
      next.remove();
      next = after;
    }
  }

  function show(text) {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    // A proxy's login page is not ours.
    if (!fresh.documentElement.dataset.now) throw { told: "answers with another page" };
    // No answer is from the future: the largest difference is the nearest to the truth.
    offset = Math.max(offset, offsetOf(fresh.documentElement));
    document.title = fresh.title;
    const [icon, freshIcon] = [document, fresh].map((page) => page.querySelector("link[rel=icon]"));
    if (icon && freshIcon && icon.getAttribute("href") !== freshIcon.getAttribute("href"))
      icon.replaceWith(document.importNode(freshIcon));
    const focused = document.activeElement;
    for (const part of ["#freshness", "main"]) takeOver(document.querySelector(part), fresh.querySelector(part));
    // A row that moved to another place loses it.
    if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
    tellTimes();
  }

  // Asking again

  const calm = 60_000;
  const eager = 5_000;
  let etag = null;
  let eagerRounds = 0;
  let timer = null;
  let isAsking = false;

  async function ask() {
    if (isAsking) return;
    isAsking = true;
    clearTimeout(timer);
    const trouble = document.querySelector("#trouble");
    try {
      const answer = await fetch(location.href, {
        cache: "no-store",
        headers: etag ? { "If-None-Match": etag } : {},
        signal: AbortSignal.timeout(20_000),
      });
      if (answer.status !== 304) {
        if (!answer.ok) throw { told: `answers with status ${answer.status}` };
        show(await answer.text());
        etag = answer.headers.get("ETag");
      }
      trouble.hidden = true;
      trouble.textContent = "";
    } catch (error) {
      if (trouble.hidden) {
        trouble.textContent = `Since ${new Date().toLocaleTimeString()} the dashboard ${error.told ?? "cannot be reached"}. `
          + "What you see is what it said last; it is asked again.";
        trouble.hidden = false;
      }
    }
    isAsking = false;
    eagerRounds = Math.max(0, eagerRounds - 1);
    plan();
  }

  function plan() {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(ask, eagerRounds > 0 ? eager : calm);
  }

  function lookedAt() {
    tellTimes();
    if (document.hidden) return clearTimeout(timer);
    if (eagerRounds > 0) return;
    eagerRounds = 12;
    ask();
  }

  if (isLive) {
    document.addEventListener("visibilitychange", lookedAt);
    window.addEventListener("focus", lookedAt);
    window.addEventListener("online", lookedAt);
    plan();
  }
  tellTimes();
  setInterval(() => document.hidden || tellTimes(), 30_000);

  // Copying

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy]");
    if (!button) return;
    const label = button.firstChild;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      label.nodeValue = "Copied";
    } catch {
      // Not allowed, or no secure page: the text is selected, for the keyboard.
      getSelection().selectAllChildren(button.previousElementSibling);
      label.nodeValue = "Selected";
    }
    setTimeout(() => (label.nodeValue = "Copy"), 2000);
  });
})();
