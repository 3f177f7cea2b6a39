// The list: "/" goes to the search; ticking says how many are chosen before anything is done to them.
const many = document.getElementById("many");
const boxes = many ? [...many.querySelectorAll("input[name=id]")] : [];
const count = many?.querySelector("[data-count]");
const all = many?.querySelector("[data-all]");

function recount() {
  const chosen = boxes.filter((box) => box.checked).length;
  count.textContent = chosen ? `${chosen} chosen` : "Tick entries to decide on many at once.";
  for (const button of many.querySelectorAll("[data-many] button")) button.disabled = !chosen;
  all.checked = chosen === boxes.length && chosen > 0;
  all.indeterminate = chosen > 0 && chosen < boxes.length;
}

if (count) {
  many.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes) box.checked = all.checked;
    recount();
  });
  recount();
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.matches("input, textarea, select")) return;
  event.preventDefault();
  document.querySelector("[data-search]")?.focus();
});
