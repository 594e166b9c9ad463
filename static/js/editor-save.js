/* On a page's form in the admin: "Save draft" waits for an autosave that is on its way. Wagtail sends both at once, and then a new page
   is made twice: the second time its address is taken and the editor is told of an error. On a slow line that is no rare case.

   Wagtail tells of an autosave some seconds before it begins (its interval), and when it was answered. */

const PATIENCE = 15000;
const ANSWERED = ["w-autosave:success", "w-autosave:error"];

let told = null; // the autosave that was told of and is not answered: {event, form, begins}

document.addEventListener("w-autosave:save", (event) => {
  const form = event.target;
  told = { event, form, begins: Date.now() + Number(form.dataset.wAutosaveIntervalValue || 0) };
});
for (const name of ANSWERED) document.addEventListener(name, () => { told = null; });

function sendWhenAnswered(form, button) {
  form.dataset.waits = "1";
  let timer = 0;
  const send = () => {
    clearTimeout(timer);
    for (const name of ANSWERED) document.removeEventListener(name, send);
    told = null;
    delete form.dataset.waits;
    if (button?.name) { // the button may rest by now, and a resting button is not sent
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: button.name, value: button.value });
      form.append(field);
    }
    form.requestSubmit();
  };
  for (const name of ANSWERED) document.addEventListener(name, send);
  timer = setTimeout(send, PATIENCE);
}

document.addEventListener("submit", (event) => {
  if (!told || told.form !== event.target) return;
  if (Date.now() < told.begins) { // not begun: what is saved now is newer
    told.event.preventDefault();
    told = null;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!event.target.dataset.waits) sendWhenAnswered(event.target, event.submitter);
}, true);
