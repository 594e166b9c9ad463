/* One question on a page of an attempt: what is answered, putting a kept answer back, and showing where it is. */

/** Make what the page's script knows of one question. `basedOn` is the step it was shown with, `own` the steps sent from here that have
    no reply yet, `last` the answer that was taken last. */
export function makeQuestion(form, section) {
  const position = Number(section.dataset.question);
  const name = `jawaban-${position}`;
  const isOurs = (field) => field === name || (field.startsWith(`${name}-`) && !field.endsWith("-hapus"));
  const number = (text) => (text ? Number(text) : null);

  const question = {
    position, section, basedOn: number(form.elements.namedItem(`based_on-${position}`).value), own: new Set(), files: () => [], showFiles() {},

    read() {
      const given = [...new FormData(form)].filter(([field, what]) => isOurs(field) && typeof what === "string");
      const fields = new URLSearchParams(given.filter(([, what]) => what !== "")).toString();
      return { fields, certainty: number(new FormData(form).get(`certainty-${position}`)) };
    },

    fill({ fields, certainty, files = [] }) {
      const given = new URLSearchParams(fields);
      for (const part of form.elements) {
        if (!isOurs(part.name) || part.type === "hidden" || part.type === "file") continue;
        if (part.type === "radio" || part.type === "checkbox") part.checked = given.getAll(part.name).includes(part.value);
        else part.value = given.get(part.name) ?? "";
      }
      for (const part of section.querySelectorAll(`[name=certainty-${position}]`)) part.checked = Number(part.value) === certainty;
      question.showFiles(files);
      section.dispatchEvent(new CustomEvent("answer-shown", { bubbles: true })); // essays and orders draw themselves anew
      for (const box of section.querySelectorAll("textarea")) box.dispatchEvent(new Event("input", { bubbles: true }));
    },

    show(state, text = "") {
      const live = section.querySelector("[data-saved-state]");
      const look = document.querySelector(`template[data-saved=${state}]`).content.querySelector("[data-saved-state]");
      if (live.dataset.savedState === state && !text) return;
      live.replaceChildren(...look.cloneNode(true).childNodes, text);
      live.dataset.savedState = state;
    },

    showFlag(flagged) {
      for (const part of section.querySelectorAll("[data-flagged]")) part.hidden = (part.dataset.flagged === "1") !== flagged;
    },

    showClear() {
      for (const button of section.querySelectorAll("[data-clear]")) button.hidden = !question.last.fields;
    },
  };
  question.last = question.read();
  return question;
}
