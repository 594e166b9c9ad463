// Tell each cell of a listing its column, so that a phone can show the row as a card (css/admin.css).

function label(table) {
  const heads = [...table.querySelectorAll(":scope > thead > tr:last-child > th")];
  const rows = [...table.querySelectorAll(":scope > tbody > tr")];
  if (!heads.length || !rows.length || table.querySelector("[colspan]:not([colspan='1'])")) return;
  const names = heads.map((head) => head.textContent.trim().replace(/\s+/g, " "));
  heads.forEach((head) => head.toggleAttribute("data-sorts", Boolean(head.querySelector("a"))));
  for (const row of rows) {
    row.setAttribute("role", "row");
    [...row.cells].forEach((cell, number) => {
      cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "cell");
      cell.dataset.label = names[number] ?? "";
      cell.toggleAttribute("data-bare", !cell.textContent.trim() && !cell.querySelector("img, svg, input, a"));
    });
  }
  for (const part of table.querySelectorAll(":scope > thead, :scope > tbody")) part.setAttribute("role", "rowgroup");
  heads.forEach((head) => head.setAttribute("role", "columnheader"));
  table.setAttribute("role", "table");
  table.dataset.cards = "";
}

function labelAll() {
  document.querySelectorAll("table.listing").forEach(label);
}

labelAll();
document.addEventListener("w-swap:success", labelAll);
