/* Measured in the page, by tests/accessibility/test_layout.py. Returns what is wrong, in words. */
() => {
  const problems = [];
  const LEAST = 23.9; // 24 CSS pixels, less what rounding takes
  const name = (el) => `<${el.tagName.toLowerCase()} class="${el.getAttribute("class") || ""}"> ${(el.innerText || "").trim().slice(0, 40)}`;
  const hidden = (el) => !el.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || el.closest(".visually-hidden, .skip-link");

  function clipper(el) { // the nearest ancestor that cuts off what stands out of it
    for (let up = el; up && up !== document.body; up = up.parentElement) {
      if (["hidden", "clip"].includes(getComputedStyle(up).overflowX)) return up;
    }
    return null;
  }

  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width + 1) { // one pixel may be rounding
    const wide = [...document.body.querySelectorAll("*")].filter((el) => !hidden(el) && el.getBoundingClientRect().right > width + 1);
    problems.push(`scrolls sideways to ${document.documentElement.scrollWidth}: ${wide.slice(-2).map(name).join("; ")}`);
  }

  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const el = words.currentNode.parentElement;
    const around = words.currentNode.data.trim() && !hidden(el) && clipper(el);
    const frame = around && around.getBoundingClientRect();
    if (!around || Math.min(frame.width, frame.height) <= 1 || around.tagName === "svg") continue; // a head that only screen readers meet
    const range = document.createRange();
    range.selectNodeContents(words.currentNode);
    const cut = [...range.getClientRects()].some((box) => box.right > frame.right + 1 || box.bottom > frame.bottom + 2 || box.left < frame.left - 1);
    if (cut) problems.push(`cut off by ${name(around).slice(0, 40)}: ${name(el)}`);
  }

  const inSentence = (el) => getComputedStyle(el).display === "inline" && [...el.parentElement.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  for (const el of document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")) {
    const target = el.closest("label") || el;
    const box = target.getBoundingClientRect();
    const isRow = getComputedStyle(el, "::after").position === "absolute"; // a link that makes its whole row the target
    if (hidden(target) || isRow || inSentence(el) || Math.min(box.width, box.height) >= LEAST) continue;
    problems.push(`target of ${Math.round(box.width)}×${Math.round(box.height)}: ${name(el)}`);
  }
  return problems;
}
