/* The form of a quiz or a task in the admin: a field that does nothing under the present choices is folded away (data-when), and the
   table of what learners may look at gets switches for whole rows and columns.

   A condition is one or more of `name`, `name=value`, `name!=value`: separated by spaces all must hold, by | one of them. */

const CHECKING = ["immediate", "interactive", "adaptive"];

const valueOf = (form, name) => {
  const field = form.elements[name];
  if (!field) return "";
  if (field.type === "checkbox") return field.checked ? "on" : "";
  return field.value.trim();
};

function holds(form, term) {
  const [, name, sign, wanted] = term.match(/^(\w+?)(!=|=)?([\w-]*)$/) || [];
  const value = valueOf(form, name);
  if (sign === "=") return value === wanted;
  if (sign === "!=") return value !== wanted && !(value === "" && wanted === "0");
  return value !== "";
}

const fits = (form, condition) => condition.split("|").some((part) => part.split(" ").every((term) => holds(form, term)));

function fold(form) {
  for (const element of form.querySelectorAll("[data-when]")) element.hidden = !fits(form, element.dataset.when);
  const during = CHECKING.includes(valueOf(form, "behaviour")); // before submitting only a checked question shows anything
  for (const cell of form.querySelectorAll("[data-moment=during]")) cell.hidden = !during;
}

function switchAll(button) {
  const table = button.closest("[data-review]");
  const name = button.dataset.reviewAll;
  const boxes = [...table.querySelectorAll("input[type=checkbox]:not(:disabled)")]
    .filter((box) => (box.dataset.row === name || box.value.endsWith(`:${name}`)) && !box.closest("[hidden]"));
  const on = boxes.some((box) => !box.checked);
  for (const box of boxes) box.checked = on;
  boxes[0]?.dispatchEvent(new Event("change", { bubbles: true }));
}

const form = document.querySelector("[data-review], [data-when]")?.closest("form");
if (form) {
  fold(form);
  for (const name of ["input", "change"]) form.addEventListener(name, () => fold(form));
  for (const button of form.querySelectorAll("[data-review-all]")) {
    button.hidden = false;
    button.addEventListener("click", () => switchAll(button));
  }
}
