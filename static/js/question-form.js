/* The form of a question in the admin: "Add" puts one more empty row at the end of its table and gives it the next number;
   "Up" and "Down" move a row, where without this script its order number serves; empty rows that are there serve for "Add". */

function arrange(rows) { // the hidden order numbers follow the rows as they stand
  const all = [...rows.children];
  all.forEach((row, index) => {
    const order = row.querySelector("[name$=-ORDER]");
    if (order) order.value = index + 1;
    row.querySelector("[data-move='-1']").disabled = index === 0;
    row.querySelector("[data-move='1']").disabled = index === all.length - 1;
  });
}

function move(rows, button) {
  const row = button.closest("[data-row]");
  const step = Number(button.dataset.move);
  const neighbour = step < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!neighbour) return;
  // The neighbour moves, so that the row keeps its open editor and the button its focus.
  if (step < 0) row.after(neighbour);
  else row.before(neighbour);
  arrange(rows);
  if (button.disabled) row.querySelector("[data-move]:not(:disabled)")?.focus();
  row.dispatchEvent(new Event("change", { bubbles: true }));
}

for (const table of document.querySelectorAll("[data-question-form] .question-options")) {
  const button = table.querySelector("[data-add]");
  if (!button) continue;
  const rows = table.querySelector("[data-rows]");
  const template = table.querySelector("template");
  const total = table.querySelector("[name$=-TOTAL_FORMS]");
  button.hidden = false;
  table.classList.add("question-options--moving");
  arrange(rows);
  rows.addEventListener("click", (event) => {
    const mover = event.target.closest("[data-move]");
    if (mover) move(rows, mover);
  });
  button.addEventListener("click", () => {
    const numbers = [...rows.querySelectorAll("[data-next-number]")].map((field) => Number(field.value));
    const holder = document.createElement("template");
    holder.innerHTML = template.innerHTML.replaceAll("__prefix__", total.value);
    rows.append(holder.content);
    total.value = Number(total.value) + 1;
    arrange(rows);
    const row = rows.lastElementChild;
    const number = row.querySelector("[data-next-number]");
    if (number) number.value = Math.max(0, ...numbers) + 1;
    row.dispatchEvent(new Event("change", { bubbles: true }));
    row.querySelector("textarea, input[type=text]:not([data-next-number])")?.focus();
  });
}

for (const texts of document.querySelectorAll("[data-question-form] [data-texts]")) {
  const button = texts.querySelector("[data-add-text]");
  button.hidden = false;
  button.addEventListener("click", () => {
    const last = button.previousElementSibling;
    const next = last.cloneNode();
    next.removeAttribute("id");
    next.value = "";
    last.after(next);
    next.focus();
  });
}
