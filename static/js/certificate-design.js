/* Previews while an organiser types: [data-design-preview] shows a picture, [data-number-preview] the next number. */

const WAIT = 500; // milliseconds after the last key

function later(action) {
  let timer = 0;
  return () => { clearTimeout(timer); timer = setTimeout(action, WAIT); };
}

function ask(url, form) { // the form's own token goes with it
  return fetch(url, { method: "POST", body: new FormData(form) }).catch(() => null);
}

const design = document.querySelector("[data-design-preview]");
if (design) {
  const form = design.closest("form");
  const picture = design.querySelector("img");
  const problem = design.querySelector("[data-design-problem]");
  let asked = 0;

  async function draw() {
    const turn = ++asked;
    const reply = await ask(design.dataset.designPreview, form);
    if (turn !== asked || !reply) return; // an older picture must not cover a newer one
    if (reply.ok) {
      URL.revokeObjectURL(picture.src);
      picture.src = URL.createObjectURL(await reply.blob());
      picture.hidden = false;
      problem.textContent = "";
    } else if (reply.status === 422) {
      problem.textContent = Object.values((await reply.json()).problems).flat().join(" ");
    }
  }

  form.addEventListener("input", later(draw));
  form.addEventListener("change", later(draw));
  draw();
}

const number = document.querySelector("[data-number-preview]");
if (number) {
  const form = number.closest("form");

  async function tell() {
    const reply = await ask(number.dataset.numberPreview, form);
    if (reply?.ok || reply?.status === 422) number.textContent = (await reply.json()).text;
  }

  form.addEventListener("input", later(tell));
  form.addEventListener("change", later(tell));
  tell();
}
