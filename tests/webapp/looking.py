"""How a page is looked at in a real browser: what holds for every page, in sentences that say what is wrong."""

import re
from collections.abc import Callable
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page

WIDE = {"width": 1280, "height": 900}
# 1280 pixels at 400 % (WCAG 1.4.10).
_NARROW = {"width": 320, "height": 256 * 4}
_AXE = Axe()
# An answer that refuses is noted by the browser as well; it is meant.
_REFUSED = re.compile(r"^Failed to load resource: the server responded with a status of 4\d\d")

# Everything that can have the focus, and how it looks without. What looks alike with it, or is never reached, is told.
_PREPARE = """() => {
  const shown = element => element.getClientRects().length > 0
    && element.checkVisibility({visibilityProperty: true});
  const controls = [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
    .filter(element => shown(element) && !element.disabled && element.tabIndex >= 0);
  const looks = ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "backgroundColor", "color", "borderColor",
    "borderWidth", "textDecorationLine", "textDecorationThickness", "stroke", "strokeWidth", "clipPath", "width"];
  const look = (element, pseudo) => {
    const style = getComputedStyle(element, pseudo);
    return looks.map(name => style[name]).join();
  };
  const around = element => [element, element.parentElement, element.nextElementSibling,
    ...[...element.querySelectorAll("*")].slice(0, 8)].filter(Boolean)
    .flatMap(each => [look(each), look(each, "::before"), look(each, "::after")]).join("|");
  const group = element => element.type === "radio" ? `radio ${element.name}` : element;
  const name = element => (element.getAttribute("aria-label") || element.textContent.trim()
    || element.name || element.id || element.tagName).replace(/\\s+/g, " ").slice(0, 60);
  document.activeElement.blur();
  const before = new Map(controls.map(element => [element, around(element)]));
  const reached = new Set(), invisible = new Set();
  const note = element => {
    reached.add(group(element));
    if (before.has(element) && around(element) === before.get(element)) invisible.add(name(element));
  };
  document.addEventListener("focusin", event => note(event.target));
  window.signpostLooked = () => ({
    missed: controls.filter(element => !reached.has(group(element))).map(name),
    invisible: [...invisible],
  });
  const first = document.querySelector(".govuk-skip-link");
  if (first) first.focus();
  return new Set(controls.map(group)).size;
}"""

_FORCED = """() => {
  const found = [];
  const clear = colour => colour === "transparent" || /^rgba\\(.*, 0\\)$/.test(colour);
  const boxes = [...document.querySelectorAll("main svg rect, main svg circle")].filter(box => {
    const style = getComputedStyle(box);
    return style.fill !== "none" && style.fillOpacity !== "0" && !clear(style.fill);
  });
  for (const text of document.querySelectorAll("main svg text")) {
    const { x, y, width, height } = text.getBoundingClientRect();
    const [middle, centre] = [x + width / 2, y + height / 2];
    const under = boxes.filter(box => {
      const at = box.getBoundingClientRect();
      return at.left < middle && middle < at.right && at.top < centre && centre < at.bottom
        && box.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING;
    }).pop();
    if (under && getComputedStyle(under).fill === getComputedStyle(text).fill) found.push(text.textContent.trim());
  }
  const behind = element => {
    for (let each = element; each; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor;
      if (!clear(colour)) return colour;
    }
    return "";
  };
  for (const element of document.querySelectorAll("main *:not(svg *)")) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    if (own && element.getClientRects().length && getComputedStyle(element).color === behind(element))
      found.push(element.textContent.trim().slice(0, 60));
  }
  return found;
}"""

_CUT_OFF = """() => [...document.querySelectorAll("body *")]
  .filter(element => element.getBoundingClientRect().right > innerWidth + 1
    && !element.closest(".govuk-visually-hidden"))
  .slice(0, 3).map(element => element.tagName + "." + element.className?.toString())"""

# Without scripts nothing that is there may be out of sight, but for what is folded away by the browser itself.
_HIDDEN = """() => [...document.querySelectorAll("main a[href], main button, main input, main select, main summary")]
  .filter(element => element.type !== "hidden" && !element.closest("[hidden]"))
  .filter(element => !element.closest("details:not([open])") || element.tagName === "SUMMARY")
  .filter(element => !element.getClientRects().length)
  .map(element => element.outerHTML.slice(0, 80))"""


def complaints_of(page: Page) -> list[str]:
    """What the browser says against a page while it is used: refused styles and scripts, failed requests."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not _REFUSED.match(message.text):
            complaints.append(f"the browser says: {message.text}")

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(f"a script failed: {error}"))
    return complaints


# A picture is looked at when the script has taken it over (docs/picture.md); its plain state is that without scripts.
_SETTLED = "() => !document.querySelector('svg[data-picture]') || document.querySelector('.circle--taken')"


def faults_of(page: Page, complaints: list[str]) -> list[str]:
    """Everything that is wrong with the page that is open, one sentence each."""
    page.wait_for_function(_SETTLED)
    checks: tuple[Callable[[Page], list[str]], ...] = (_axe, _keyboard, _forced_colours, _reflow)
    faults = [fault for check in checks for fault in check(page)]
    faults += complaints
    complaints.clear()
    return faults


def faults_without_scripts(page: Page) -> list[str]:
    """What is wrong with the page that is open in a browser that runs no scripts."""
    hidden = [f"is out of sight without scripts: {markup}" for markup in page.evaluate(_HIDDEN)]
    return hidden if page.locator("h1").is_visible() else ["has no heading without scripts", *hidden]


def _axe(page: Page) -> list[str]:
    found: dict[str, Any] = _AXE.run(page, options={"resultTypes": ["violations"]}).response
    return [f"axe: {rule['id']}: {rule['help']}: {rule['nodes'][0]['html'][:200]}" for rule in found["violations"]]


def _keyboard(page: Page) -> list[str]:
    controls = page.evaluate(_PREPARE)
    for _ in range(controls + 2):
        page.keyboard.press("Tab")
    looked = page.evaluate("signpostLooked()")
    return [f"the Tab key never reaches: {name}" for name in looked["missed"]] + [
        f"nothing shows that this has the focus: {name}" for name in looked["invisible"]
    ]


def _forced_colours(page: Page) -> list[str]:
    page.emulate_media(forced_colors="active")
    unseen = page.evaluate(_FORCED)
    page.emulate_media(forced_colors="none")
    return [f"cannot be read in forced colours: {words}" for words in unseen]


def _reflow(page: Page) -> list[str]:
    page.set_viewport_size(_NARROW)  # type: ignore[arg-type]
    width = page.evaluate("document.documentElement.scrollWidth")
    culprits = page.evaluate(_CUT_OFF) if width > _NARROW["width"] else []
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    return [f"scrolls sideways at 400 %: {width} pixels wide, {culprits}"] if culprits or width > 320 else []
