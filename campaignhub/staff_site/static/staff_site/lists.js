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

  // Looked up again each time, and known by their address: a list may renew itself.
  const rows = () => [...document.querySelectorAll("#result_list .data-row")];
  const link = (row) => row.querySelector("th a[href], td a[href]");
  let chosen = "";
  const place = () => rows().findIndex((row) => chosen && link(row)?.getAttribute("href") === chosen);
  const mark = () => rows().forEach((row) => row.classList.toggle("ch-chosen", Boolean(chosen) && link(row)?.getAttribute("href") === chosen));

  const choose = (index) => {
    const all = rows();
    if (!all.length) return;
    const row = all[Math.max(0, Math.min(all.length - 1, index))];
    chosen = link(row)?.getAttribute("href") ?? "";
    mark();
    row.scrollIntoView({ block: "nearest" });
    link(row)?.focus({ preventScroll: true });
  };

  const busy = (target) =>
    target.closest("input, textarea, select, button, summary, [contenteditable], dialog, .ch-filter") ||
    document.querySelector("#command-results")?.offsetParent;

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || busy(event.target) || !rows().length) return;
    if (event.key === "ArrowDown") choose(place() + 1);
    else if (event.key === "ArrowUp") choose(place() - 1);
    else if (event.key === "Enter" && place() >= 0 && !event.target.closest("a")) link(rows()[place()])?.click();
    else return;
    event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const row = event.target.closest("#result_list .data-row");
    if (!row || event.target.closest("a, button, input, label") || window.getSelection().toString()) return;
    link(row)?.click();
  });

  document.addEventListener("htmx:afterSwap", () => {
    mark();
    const row = rows()[place()];
    if (row && document.activeElement === document.body) link(row)?.focus({ preventScroll: true });
  });
});
