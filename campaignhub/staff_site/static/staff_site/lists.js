// Lists by keyboard: up and down choose a row, Enter opens it; a filter's menu closes when one leaves it.
document.addEventListener("DOMContentLoaded", () => {
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
