/* Drawing areas on the picture of a question, in the admin. The row that has the focus is the one drawn for; its pixels are filled in.
   Without this script the pixels are typed. */

const SVG = "http://www.w3.org/2000/svg";
const numbersOf = (field) => field.value.split(/[\s,;]+/).filter(Boolean).map(Number);

function element(shape, at) {
  const drawn = document.createElementNS(SVG, shape);
  let facts = {};
  if (shape === "rect") facts = { x: at[0], y: at[1], width: at[2] - at[0], height: at[3] - at[1] };
  if (shape === "circle") facts = { cx: at[0], cy: at[1], r: at[2] };
  if (shape === "polygon") facts = { points: at.join(" ") };
  if (Object.values(facts).some((value) => Number.isNaN(value) || value < 0)) return null;
  for (const [name, value] of Object.entries(facts)) drawn.setAttribute(name, value);
  return drawn;
}

function letDraw(board) {
  const form = board.closest("form");
  const table = form.querySelector("[data-rows]");
  const picture = board.querySelector("img");
  const canvas = board.querySelector("[data-canvas]");
  const hint = board.querySelector("[data-hint]");
  let row = null, start = null, corners = [];

  const rows = () => [...table.querySelectorAll("[data-row]")];
  const field = (name, of = row) => of?.querySelector(`[data-${name}]`);
  const isOut = (of) => of.querySelector("[name$=-DELETE]")?.checked;

  function show() {
    canvas.replaceChildren();
    rows().forEach((each, index) => {
      const at = numbersOf(field("coords", each));
      const drawn = at.length && !isOut(each) ? element(field("shape", each).value, at) : null;
      if (!drawn) return;
      drawn.setAttribute("class", each === row ? "now" : "");
      const label = document.createElementNS(SVG, "text");
      label.textContent = index + 1;
      const size = picture.naturalWidth / 30;
      for (const [name, value] of Object.entries({ x: at[0] + size / 2, y: at[1] + size, "font-size": size })) label.setAttribute(name, value);
      canvas.append(drawn, label);
    });
  }
  function choose(next) {
    if (next !== row) corners = [];
    row = next;
    hint.hidden = !row;
    if (row) hint.textContent = `${board.dataset.area.replace("{n}", rows().indexOf(row) + 1)}: ${board.dataset[`hint${field("shape").value.replace(/^./, (first) => first.toUpperCase())}`]}`;
    show();
  }
  function fill(at) {
    field("coords").value = at.join(", ");
    show();
  }
  function place(event) { // in pixels of the picture, never outside
    const box = canvas.getBoundingClientRect();
    const within = (value, most) => Math.round(Math.min(Math.max(value, 0), most));
    return [
      within(((event.clientX - box.left) / box.width) * picture.naturalWidth, picture.naturalWidth),
      within(((event.clientY - box.top) / box.height) * picture.naturalHeight, picture.naturalHeight),
    ];
  }
  function stretch([x, y]) {
    if (field("shape").value === "rect") {
      return fill([Math.min(start[0], x), Math.min(start[1], y), Math.max(start[0], x), Math.max(start[1], y)]);
    }
    const room = Math.min(start[0], start[1], picture.naturalWidth - start[0], picture.naturalHeight - start[1]);
    fill([...start, Math.min(Math.round(Math.hypot(x - start[0], y - start[1])), room)]);
  }

  function ready() {
    if (!picture.naturalWidth) return;
    picture.hidden = false;
    canvas.removeAttribute("hidden");
    canvas.setAttribute("viewBox", `0 0 ${picture.naturalWidth} ${picture.naturalHeight}`);
    choose(row ?? rows().find((each) => !field("coords", each).value) ?? null);
  }
  picture.addEventListener("load", ready);
  if (picture.complete) ready();
  form.querySelector("[data-picture]").addEventListener("change", (event) => {
    if (event.target.files[0]) picture.src = URL.createObjectURL(event.target.files[0]);
  });
  table.addEventListener("focusin", (event) => choose(event.target.closest("[data-row]")));
  table.addEventListener("change", (event) => choose(event.target.closest("[data-row]")));
  table.addEventListener("input", show);

  canvas.addEventListener("pointerdown", (event) => {
    if (!row) return;
    event.preventDefault();
    if (field("shape").value === "polygon") {
      const [x, y] = place(event);
      const [lastX, lastY] = corners.slice(-2);
      if (Math.abs(x - lastX) > 2 || Math.abs(y - lastY) > 2 || !corners.length) corners.push(x, y); // no double click
      return fill(corners);
    }
    start = place(event);
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => { if (start) stretch(place(event)); });
  canvas.addEventListener("pointerup", (event) => {
    if (!start) return;
    stretch(place(event));
    start = null;
    finish();
  });
  canvas.addEventListener("dblclick", () => { if (corners.length) finish(); });
  function finish() {
    corners = [];
    row.querySelector("textarea, input[type=text]")?.focus();
  }
}

addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-draw]").forEach(letDraw));
