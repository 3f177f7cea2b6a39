// Lists by keyboard: "/" goes to the search, up and down choose a row, Enter opens it; a filter's menu
// closes when one leaves it; ticking rows says how many are chosen before anything is done to them.
document.addEventListener("DOMContentLoaded", () => {
  const many = document.querySelector("[data-many]")?.closest("form");
  if (many) {
    const boxes = [...many.querySelectorAll("input[name=id]")];
    const all = many.querySelector("[data-all]");
    const count = many.querySelector("[data-count]");
    const words = count.textContent;
    const recount = () => {
      const chosen = boxes.filter((box) => box.checked).length;
      count.textContent = chosen ? `${chosen} chosen` : words;
      for (const button of many.querySelectorAll("[data-many] button")) button.disabled = !chosen;
      all.checked = chosen === boxes.length && chosen > 0;
      all.indeterminate = chosen > 0 && chosen < boxes.length;
    };
    many.addEventListener("change", (event) => {
      if (event.target === all) for (const box of boxes) box.checked = all.checked;
      recount();
    });
    recount();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.matches("input, textarea, select")) return;
    const search = document.querySelector("[data-search]");
    if (!search) return;
    event.preventDefault();
    search.focus();
  });

  for (const menu of document.querySelectorAll(".ch-filter")) {
    document.addEventListener("click", (event) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  }

  const rows = [...document.querySelectorAll("#result_list .data-row")];
  if (!rows.length) return;
  const link = (row) => row.querySelector("th a[href], td a[href]");
  let chosen = -1;

  const choose = (index) => {
    rows[chosen]?.classList.remove("ch-chosen");
    chosen = Math.max(0, Math.min(rows.length - 1, index));
    rows[chosen].classList.add("ch-chosen");
    rows[chosen].scrollIntoView({ block: "nearest" });
    link(rows[chosen])?.focus({ preventScroll: true });
  };

  const busy = (target) =>
    target.closest("input, textarea, select, button, summary, [contenteditable], dialog, .ch-filter") ||
    document.querySelector("#command-results")?.offsetParent;

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || busy(event.target)) return;
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Enter" && chosen >= 0 && !event.target.closest("a")) link(rows[chosen])?.click();
    else return;
    event.preventDefault();
  });

  for (const row of rows) {
    row.addEventListener("click", (event) => {
      if (event.target.closest("a, button, input, label") || window.getSelection().toString()) return;
      link(row)?.click();
    });
    if (link(row)) row.style.cursor = "pointer";
  }
});
