/* The marker's desk by keyboard: Ctrl+Enter saves, Alt+Page down skips, and points by criterion are added up while they are typed. */

for (const form of document.querySelectorAll("[data-marking]")) {
  const fields = [...form.querySelectorAll("[data-points]")];
  const sum = form.querySelector("[data-sum]");

  const add = () => {
    const points = fields.map((field) => Number(field.value.trim().replace(",", ".") || NaN));
    if (points.some(Number.isNaN)) {
      sum.textContent = "";
      return;
    }
    const most = fields.reduce((total, field) => total + Number(field.dataset.points), 0);
    const mark = (points.reduce((total, one) => total + one, 0) / most) * Number(form.dataset.most);
    const words = mark.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 2 });
    sum.textContent = `${sum.dataset.words} ${words}`;
  };

  if (sum) {
    form.addEventListener("input", add);
    add();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.key === "PageDown" && event.altKey) {
      event.preventDefault();
      form.querySelector("[data-skip]")?.click();
    }
  });
}
