/* The element that has the focus: what it is, whether one sees that, and whether something lies over it.
   `main` is the selector of the main action. */
(main) => {
  const el = document.activeElement;
  const box = el.getBoundingClientRect();
  const outlined = (part) => {
    const style = getComputedStyle(el, part);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
  const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
  const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  const isOwn = (one) => el.contains(one) || one.contains(el) || [...(el.labels || [])].some((label) => label.contains(one));
  return {
    what: `<${el.tagName.toLowerCase()}> ${(el.innerText || el.name || "").trim().slice(0, 40)}`,
    isSkip: el.matches(".skip-link"),
    isMain: el.matches(main),
    isEnd: el === document.body,
    isForeign: el.matches("audio, video, wagtail-userbar"), // draw the focus of their parts themselves
    outlined: outlined(null) || outlined("::after"), // of a card, all of it
    onScreen: left < right && top < bottom,
    covered: !over || !isOwn(over),
  };
}
