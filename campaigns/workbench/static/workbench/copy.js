// A button that copies the text of the element it names. Where the browser refuses, the text is marked instead.
for (const button of document.querySelectorAll("[data-copies]")) {
  const source = document.getElementById(button.dataset.copies);
  button.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(source.textContent); } catch { getSelection().selectAllChildren(source); }
    button.textContent = button.dataset.done;
  });
}
