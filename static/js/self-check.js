/* A lesson's self-check: "Check" says how good the choice is and shows what belongs to the chosen options.
   The words are in the page, in the closed <details>; without this script a learner opens that. */

const WORTH = ["right", "partly", "wrong"];

function outcome(inputs) {
  const chosen = inputs.filter((input) => input.checked);
  if (!chosen.length) return "none";
  if (chosen[0].type === "radio") return chosen[0].dataset.worth;
  const allRight = inputs.every((input) => input.checked === (input.dataset.worth === "right"));
  if (allRight) return "right";
  return chosen.some((input) => input.dataset.worth === "right") ? "partly" : "wrong";
}

function paragraph(text, name) {
  const line = document.createElement("p");
  const strong = document.createElement("strong");
  strong.textContent = text;
  line.append(strong);
  line.className = `feedback${WORTH.includes(name) ? ` feedback--${name}` : ""}`;
  return line;
}

function check(box) {
  const inputs = [...box.querySelectorAll("input")];
  const said = box.querySelector("[data-said]");
  const name = outcome(inputs);
  const parts = [paragraph(box.dataset[name], name)];
  if (name !== "none") {
    const ids = inputs.filter((input) => input.checked).map((input) => input.value);
    for (const part of box.querySelectorAll("details [data-feedback]")) {
      if (part.dataset.feedback === "" || ids.includes(part.dataset.feedback)) parts.push(part.cloneNode(true));
    }
  }
  said.replaceChildren(...parts);
}

for (const box of document.querySelectorAll("[data-self-check]")) {
  const button = box.querySelector("[data-check]");
  button.hidden = false;
  button.addEventListener("click", () => check(box));
  box.addEventListener("change", () => box.querySelector("[data-said]").replaceChildren());
}
