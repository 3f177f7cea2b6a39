// The wording of an e-mail: its preview follows what is typed, and nothing typed is lost by a slip.

const form = document.querySelector("[data-wording]");
const button = form?.querySelector("[data-preview]");
const WAIT_MS = 500;
let timer = 0;
let drawn = 0;
let isTyped = form?.dataset.wording === "unsaved";

// A new frame each time: a form that is sent into one that is there adds a step to the browser's history.
function draw() {
  for (const late of document.querySelectorAll(".wording-preview iframe.is-next")) late.remove(); // what was typed since is newer
  const shown = document.querySelector(".wording-preview iframe");
  const next = shown.cloneNode();
  next.removeAttribute("src");
  next.classList.add("is-next");
  next.name = button.formTarget = `preview-${++drawn}`;
  shown.after(next);
  next.addEventListener("load", () => {
    if (!next.isConnected) return;
    shown.remove();
    next.classList.remove("is-next");
  });
  form.requestSubmit(button);
}

if (form) {
  button.hidden = true;
  if (isTyped) draw();
  form.addEventListener("input", () => {
    isTyped = true;
    clearTimeout(timer);
    timer = setTimeout(draw, WAIT_MS);
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter !== button) isTyped = false;
  });
  addEventListener("beforeunload", (event) => {
    if (isTyped) event.preventDefault();
  });
}
