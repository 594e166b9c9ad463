/* What every page gains from a script, found by data- attributes. Without it everything still works.

   - A form is sent once: its buttons rest while the answer is on the way, and wake when the page is shown again.
   - [data-print] prints; it is hidden until this runs, because only a script can do it.
   - What an accordion or a picture's words hide is printed with the rest, and hidden again afterwards. */

function rest(form) {
  for (const button of form.querySelectorAll("button:not([type=button])")) {
    button.setAttribute("aria-disabled", "true");
  }
  form.dataset.sent = "1";
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  else rest(form);
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

window.addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll(".accordion details:not([open]), .figure__words:not([open])")) {
    part.open = true;
    part.dataset.printing = "1";
  }
});

window.addEventListener("afterprint", () => {
  for (const part of document.querySelectorAll("[data-printing]")) {
    part.open = false;
    delete part.dataset.printing;
  }
});
