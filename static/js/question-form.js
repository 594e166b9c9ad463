/* The form of a question in the admin: "Add an option" puts one more empty row at the end.
   Without this script the empty rows that are there serve. */

for (const form of document.querySelectorAll("[data-question-form]")) {
  const button = form.querySelector("[data-add]");
  if (!button) continue;
  const rows = form.querySelector("[data-rows]");
  const template = form.querySelector("template");
  const total = form.querySelector("[name=options-TOTAL_FORMS]");
  button.hidden = false;
  button.addEventListener("click", () => {
    const holder = document.createElement("template");
    holder.innerHTML = template.innerHTML.replaceAll("__prefix__", total.value);
    rows.append(holder.content);
    total.value = Number(total.value) + 1;
    rows.lastElementChild.querySelector("textarea")?.focus();
  });
}
