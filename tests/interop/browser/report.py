"""The report of a review, opened in a browser: it asks for nothing and runs nothing, and can be read everywhere."""

import json
import re
from base64 import b64decode
from pathlib import Path

import html5lib

import expect
from stage import Stage, stage
from webdriver import PICTURES, Browser

# CSS pixels: a desktop, and a narrow telephone.
DESKTOP, PHONE = 1280, 360
# What may load or run something, whatever the policy of the page says.
ACTIVE = ("script", "link", "img", "iframe", "object", "embed", "form", "base", "audio", "video", "use", "image")
# The least contrast of a text with the paper (WCAG 2.2, contrast ratio), and what level AA asks for.
CONTRAST = 4.5
LEAST_CONTRAST = """
const luminance = (colour) => {
  const [red, green, blue] = colour.match(/[\\d.]+/g).slice(0, 3).map((one) => one / 255)
    .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
};
const paper = luminance(getComputedStyle(document.body).backgroundColor);
const ratio = (ink) => Math.max(ink, paper) / Math.min(ink, paper);
const says = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
const texts = [...document.querySelectorAll('body *')].filter((one) => says(one) && !one.closest('svg'));
return Math.min(...texts.map((one) => ratio(luminance(getComputedStyle(one).color))));
"""


def hold(at: Stage) -> Path:
    """A drill, and the review in which it shows: its page."""
    expect.step("a drill is held, and a review")
    with at.drill("--key", "BG1-A", "--reason", "first quarter") as drill:
        at.signs_in(drill, at.keys[0])
        drill.ends(0)
    # 1: not in order, as nobody said where the keys lie, and much else is missing in a demo.
    review = at.run_to(1, "review", "hold", "--by", "A. Jones", "--directory", str(at.folder / "reviews"))
    expect.equal("schema", "halligan.review.hold/1", review["schema"])
    expect.equal("drills", 1, review["counts"]["drills"])
    return Path(review["files"]["report"])


def check_html(report: Path) -> None:
    expect.step("it is HTML without an error")
    document = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(report.read_text())
    expect.step("nothing in it loads or runs anything")
    for element in document.iter():
        # Elements of SVG keep their namespace, comments have a function for a name.
        name = str(element.tag).rpartition("}")[2]
        expect.holds("element", name not in ACTIVE, name)
        for attribute, value in element.items():
            found = f"{name} {attribute}={value!r}"
            expect.holds("attribute", not attribute.startswith("on") and attribute not in ("src", "href"), found)
            expect.holds("style", "url(" not in value, found)
    for style in document.iter("style"):
        expect.equal("addresses in the style sheet", [], re.findall(r"url\(|@import", style.text))


def asked(browser: Browser) -> list[str]:
    """The addresses that the browser has asked for since the last question."""
    events = [json.loads(row["message"])["message"] for row in browser.log("performance")]
    return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]


def seen(browser: Browser, name: str, width: int, scheme: str = "light") -> bytes:
    """As it is on a screen of this width, in this colour scheme."""
    feature = {"name": "prefers-color-scheme", "value": scheme}
    browser.devtools("Emulation.setEmulatedMedia", features=[feature])
    mobile = width == PHONE
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 2 if mobile else 1, "mobile": mobile}
    browser.devtools("Emulation.setDeviceMetricsOverride", **metrics)
    wide = browser.evaluate("return document.documentElement.scrollWidth")
    expect.holds(f"{name}: wide as the screen, {width}", wide <= width, wide)
    contrast = browser.evaluate(LEAST_CONTRAST)
    expect.holds(f"{name}: contrast of its texts", contrast >= CONTRAST, contrast)
    return browser.picture(name)


def check_alone(browser: Browser, report: Path) -> None:
    expect.step("the browser asks for the file and for nothing else, and finds nothing to complain of")
    # What came before is over, the browser's own first page too.
    browser.open("about:blank")
    asked(browser)
    browser.log("browser")
    browser.open(report.as_uri())
    first = seen(browser, "report-desktop-light", DESKTOP)
    expect.equal("asked for", [report.as_uri()], asked(browser))
    expect.equal("complaints", [], browser.log("browser"))
    expect.step("without JavaScript it is the same, pixel by pixel")
    browser.devtools("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(report.as_uri())
    again = browser.picture("report-without-javascript")
    browser.devtools("Emulation.setScriptExecutionDisabled", value=False)
    expect.equal("the same picture", True, first == again)


def check_screens(browser: Browser, report: Path) -> None:
    expect.step("a desktop is dark where the reader wants it so")
    browser.open(report.as_uri())
    paper = "return getComputedStyle(document.body).backgroundColor"
    light = browser.evaluate(paper)
    seen(browser, "report-desktop-dark", DESKTOP, "dark")
    expect.different("paper", light, browser.evaluate(paper))
    expect.step(f"a telephone, {PHONE} pixels wide, without scrolling sideways")
    seen(browser, "report-phone", PHONE)
    seen(browser, "report-phone-dark", PHONE, "dark")


def check_paper(browser: Browser) -> None:
    expect.step("on paper: A4")
    printed = b64decode(browser.devtools("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"])
    (PICTURES / "report.pdf").write_bytes(printed)
    # In points.
    boxes = {tuple(round(float(one)) for one in box.split()) for box in re.findall(rb"/MediaBox *\[([^]]*)]", printed)}
    expect.equal("sizes of the pages", {(0, 0, 595, 842)}, boxes)


def check_drill(browser: Browser, account: str) -> None:
    expect.step("the drill is in it: as a figure, in the use of the account, and among what happened")
    said = browser.text()
    # With the titles of charts in it, or without: browsers differ.
    name, use = re.escape(account), "1 by drills, 2 explained otherwise, 0 unexplained"
    for line in ("1\ndrill", f"{name}(\n|: ){use}", f"drills: {name}: passed"):
        expect.holds(line, re.search(line, said) is not None, said)


def check_report(at: Stage) -> None:
    report = hold(at)
    check_html(report)
    check_alone(at.browser, report)
    check_drill(at.browser, at.keys[0].account)
    check_screens(at.browser, report)
    check_paper(at.browser)


if __name__ == "__main__":
    with stage() as made:
        expect.group("the report of a review", check_report, made)
    expect.summary()
