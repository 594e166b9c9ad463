/* The form of a group of people in the admin: who fits is shown while one chooses, by asking the form itself. */

const PAUSE = 500;

const form = document.querySelector("#audience-preview")?.closest("form");
const shown = () => document.getElementById("audience-preview");
let waiting = 0;
let asked = null;

async function ask() {
  asked?.abort();
  asked = new AbortController();
  const body = new FormData(form);
  body.set("preview", "1");
  try {
    const answer = await fetch(form.action, { method: "POST", body, signal: asked.signal });
    if (!answer.ok || answer.redirected) return;
    const told = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("audience-preview");
    if (told) shown().replaceChildren(...told.childNodes);
  } catch { /* no line, or a newer question: what is shown stays */ }
}

if (form) {
  for (const name of ["input", "change"]) {
    form.addEventListener(name, () => { clearTimeout(waiting); waiting = setTimeout(ask, PAUSE); });
  }
}
