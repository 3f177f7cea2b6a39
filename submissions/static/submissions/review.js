// The review page: keys for verdicts, digits for reasons, zoom to the pixel under the pointer.
const desk = document.getElementById("desk");
const photos = desk.querySelector(".photos");

for (const figure of desk.querySelectorAll(".zoom")) {
  figure.addEventListener("click", (event) => {
    const image = figure.querySelector("img"), box = image.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width, y = (event.clientY - box.top) / box.height;
    if (figure.classList.toggle("large")) photos.scrollTo(image.offsetLeft + image.width * x - photos.clientWidth / 2, image.offsetTop + image.height * y - photos.clientHeight / 2);
  });
}

let turned = 0;
desk.querySelector("[data-turn]").onclick = () => { turned += 90; for (const image of photos.querySelectorAll("img")) image.style.transform = `rotate(${turned}deg)`; };
desk.querySelector("[data-contrast]").onclick = () => photos.classList.toggle("strong");

const openReasons = (name) => { for (const form of desk.querySelectorAll(".reasons")) form.hidden = form.id !== name; const form = document.getElementById(name); form.scrollIntoView({ block: "nearest" }); form.querySelector("input[type=checkbox]").focus(); };
for (const button of desk.querySelectorAll("[data-open]")) button.onclick = () => openReasons(button.dataset.open);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not([type=checkbox]),textarea,select")) return;
  const open = desk.querySelector(".reasons:not([hidden])");
  if (open && /^[1-9]$/.test(event.key)) { const box = open.querySelectorAll("input[type=checkbox]")[Number(event.key) - 1]; if (box) box.checked = !box.checked; return; }
  const button = desk.querySelector(`[data-key="${event.key.toLowerCase()}"]`);
  if (button) { event.preventDefault(); button.click(); }
});
