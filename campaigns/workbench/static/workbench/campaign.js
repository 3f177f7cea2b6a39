// The campaign page: tabs, languages, dates, colours, pictures, and the phone beside them.
// contrast() and nearest() reckon as campaigns/setup/rules/contrast.py does; change them together.
const page = document.querySelector(".campaign");
const form = document.getElementById("campaign_form");
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const field = (name) => form.elements.namedItem(name);

const roomy = window.matchMedia("(min-width: 1440px)");
const phone = document.querySelector("[data-phone]");
const frame = phone?.querySelector("iframe");
let waiting, scrolled = 0;

/* ---- tabs ---- */
const tabs = $$("[role=tab]");
const panels = $$("[data-panel]");
const slugOf = (tab) => tab.getAttribute("aria-controls").replace("panel-", "");

function open(slug, { keep = false } = {}) {
  const tab = tabs.find((one) => slugOf(one) === slug);
  if (!tab) return false;
  for (const one of tabs) {
    one.setAttribute("aria-selected", one === tab);
    one.tabIndex = one === tab ? 0 : -1;
  }
  for (const panel of panels) panel.hidden = panel.id !== `panel-${slug}`;
  tab.scrollIntoView({ block: "nearest", inline: "nearest" });
  // The form comes back to the tab that it was sent from.
  form.action = `${location.pathname}${location.search}#${slug}`;
  page.dataset.tab = slug;
  if (!keep) history.replaceState(null, "", `#${slug}`);
  showPhone();
  return true;
}

// Leads to the input that a line of the checklist speaks of: a field of the campaign, or of one of its rows.
function lead(slug, { field: name = "", row = "", inLanguage = "" } = {}) {
  open(slug);
  const panel = document.getElementById(`panel-${slug}`);
  const named = row && $$(`[name$="-name"]`, panel).find((input) => input.value === row)?.closest("[data-row]");
  const listed = row && panel.querySelector(`[data-row-id="${CSS.escape(row)}"]`);
  if (listed) {
    listed.dispatchEvent(new CustomEvent("row:open"));
    const input = listed.querySelector(`[name$="-${CSS.escape(name)}"], [name*="-${CSS.escape(name)}_"]`) ?? listed.querySelector(".row-label input");
    listed.scrollIntoView({ block: "center" });
    return void input?.focus({ preventScroll: true });
  }
  const near = named
    ? named.querySelector(`[name$="-${CSS.escape(name)}"], [name*="-${CSS.escape(name)}_"]`)?.closest(".setting, .row-label, .row-meaning") ?? named
    : name && (panel.querySelector(`[data-field-of="${CSS.escape(name)}"][data-key="${CSS.escape(row)}"]`) ?? panel.querySelector(`[data-field-of="${CSS.escape(name)}"]`));
  near?.closest("details")?.setAttribute("open", "");
  if (!near) return void window.scrollTo({ top: 0 });
  if (near.closest(".row-settings")) named.dispatchEvent(new CustomEvent("row:open"));
  const spoken = inLanguage && near.querySelector(`[data-language="${inLanguage}"]`);
  near.scrollIntoView({ block: "center" });
  [...(spoken || near).querySelectorAll("input:not([type=hidden]), select, textarea, button")].find((one) => one.offsetParent)?.focus({ preventScroll: true });
}

for (const tab of tabs) {
  tab.addEventListener("click", (event) => {
    event.preventDefault();
    open(slugOf(tab));
  });
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
    next.focus();
    open(slugOf(next));
    event.preventDefault();
  });
}
for (const link of $$("[data-tab-link]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    lead(link.dataset.tabLink, link.dataset);
  });
}
const troubled = tabs.find((tab) => tab.querySelector(".tab-count-bad"));
if (tabs.length) {
  if (troubled) open(slugOf(troubled));
  else if (!open(location.hash.slice(1).split("/")[0], { keep: true })) open(slugOf(tabs[0]), { keep: true });
  window.addEventListener("hashchange", () => open(location.hash.slice(1), { keep: true }));
}
document.getElementById("form-trouble")?.focus();

/* ---- select2 gives its search no name of its own, and makes it whenever it likes ---- */
function nameSearches() {
  for (const search of $$(".select2-search__field:not([aria-label])")) {
    const label = search.closest("[data-field-of], .setting")?.querySelector("label");
    search.setAttribute("aria-label", label?.textContent.trim() || "Search");
  }
}
nameSearches();
new MutationObserver(nameSearches).observe(document.body, { childList: true, subtree: true });

/* ---- languages: every text shows an input for each language of the campaign ---- */
const spoken = () => $$("[name=languages]:checked", form).map((box) => box.value);
function speak() {
  const languages = spoken();
  const first = field("default_language");
  for (const line of $$("[data-language]")) line.hidden = !languages.includes(line.dataset.language);
  for (const template of $$("template")) {
    for (const line of $$("[data-language]", template.content)) line.hidden = !languages.includes(line.dataset.language);
  }
  page.classList.toggle("one-language", languages.length < 2);
  if (!first) return;
  for (const option of first.options) option.hidden = option.disabled = !languages.includes(option.value);
  if (!languages.includes(first.value) && languages.length) first.value = languages[0];
  first.closest("[data-field-of]").hidden = languages.length < 2;
}
for (const box of $$("[name=languages]", form)) box.addEventListener("change", speak);
speak();

/* ---- routes: rows say for whom they are only where there are two ways to enter ---- */
function routes() {
  const one = $$("[name=routes]:checked", form).length < 2;
  page.classList.toggle("one-route", one);
}
for (const box of $$("[name=routes]", form)) box.addEventListener("change", routes);
routes();

/* ---- the address follows the name until somebody types one ---- */
const slug = field("slug");
const name = field("name");
if (slug && name && !slug.disabled && !slug.value) {
  let own = false;
  slug.addEventListener("input", () => { own = slug.value !== ""; });
  name.addEventListener("input", () => {
    if (own) return;
    slug.value = name.value.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 55);
  });
}

/* ---- dates in the campaign's zone ---- */
const zone = field("timezone");
const opens = field("opens_at");
const closes = field("closes_at");
function place() { return (zone.value.split("/").pop() || "").replaceAll("_", " "); }
function counted(number, unit) { return `${number} ${unit}${number === 1 ? "" : "s"}`; }
function dates() {
  for (const words of $$("[data-zone-words]")) {
    const input = words.closest("[data-field-of]").querySelector("input");
    const at = input.value && new Date(`${input.value}:00Z`);
    words.textContent = at
      ? `${new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "short", timeZone: "UTC" }).format(at)}, ${place()} time`
      : `In ${place()} time.`;
  }
  const span = document.querySelector("[data-span]");
  if (!span || !opens.value || !closes.value) return;
  const minutes = (new Date(`${closes.value}:00Z`) - new Date(`${opens.value}:00Z`)) / 60000 + 1;
  const days = Math.round(minutes / 1440);
  span.classList.toggle("span-bad", minutes <= 1);
  if (minutes <= 1) span.textContent = "The end has to come after the opening.";
  else if (days >= 7 && days % 7 === 0) span.textContent = `Open for ${counted(days / 7, "week")}.`;
  else if (minutes >= 2880) span.textContent = `Open for ${counted(days, "day")}.`;
  else span.textContent = `Open for ${counted(Math.max(1, Math.round(minutes / 60)), "hour")}.`;
}
if (opens && closes && zone) {
  for (const input of [opens, closes]) input.addEventListener("input", dates);
  window.django?.jQuery?.(zone).on("change", dates);
  dates();
}

/* ---- colours ---- */
const channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
function luminance(colour) {
  const [red, green, blue] = channels(colour).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}
function nearest(colour, ground) {
  const towards = luminance(ground) > 0.18 ? 0 : 255;
  for (let step = 0; step <= 100; step += 1) {
    const shade = "#" + channels(colour).map((c) => Math.round(c + ((towards - c) * step) / 100).toString(16).padStart(2, "0")).join("");
    if (contrast(shade, ground) >= 4.5) return shade;
  }
  return towards ? "#ffffff" : "#000000";
}
const valid = (text) => /^#[0-9a-f]{6}$/i.test(text);
function judge(box) {
  const input = box.querySelector("[name]");
  const picker = box.querySelector("[data-picker]");
  const verdict = box.querySelector("[data-verdict]");
  if (valid(input.value)) picker.value = input.value.toLowerCase();
  const ground = input.dataset.against && field(input.dataset.against).value;
  verdict.replaceChildren();
  if (!ground || !valid(input.value) || !valid(ground)) return;
  const ratio = contrast(input.value, ground);
  const words = document.createElement("span");
  words.className = `state state-${ratio >= 4.5 ? "good" : "bad"}`;
  words.textContent = `${(Math.floor(ratio * 10) / 10).toFixed(1)}:1 ${ratio >= 4.5 ? "reads well" : "hard to read"}`;
  verdict.append(words);
  if (ratio >= 4.5) return;
  const shade = nearest(input.value, ground);
  const fix = document.createElement("button");
  fix.type = "button";
  fix.className = "ch-link";
  fix.textContent = `Use ${shade}`;
  fix.addEventListener("click", () => set(input, shade));
  verdict.append(fix);
}
function set(input, value) {
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}
const colours = $$("[data-colour]");
for (const box of colours) {
  box.querySelector("[data-picker]").addEventListener("input", (event) => set(box.querySelector("[name]"), event.target.value));
  box.querySelector("[name]").addEventListener("input", () => { colours.forEach(judge); sample(); });
  judge(box);
}
const slider = document.querySelector("[data-slider]");
function sample() {
  if (!slider) return;
  const radius = slider.querySelector("input").value;
  slider.querySelector("output").textContent = `${radius} px`;
  const box = slider.querySelector(".slider-sample");
  box.style.borderRadius = `${radius}px`;
  box.style.background = field("brand_colour").value;
  box.style.color = field("surface_colour").value;
}
slider?.addEventListener("input", sample);
sample();

/* ---- pictures ---- */
for (const box of $$("[data-picture]")) {
  box.querySelector("input[type=file]").addEventListener("change", (event) => {
    const [file] = event.target.files;
    if (!file) return;
    const image = box.querySelector("img");
    URL.revokeObjectURL(image.src);
    image.src = URL.createObjectURL(file);
    image.alt = "What it will look like";
    image.hidden = false;
    box.querySelector(".picture-none")?.remove();
    box.querySelector("[data-file-name]").textContent = file.name;
  });
}

/* ---- rules as they read ---- */
for (const preview of $$("[data-rules-preview]")) {
  const draw = () => {
    const text = $$("textarea", preview.closest("[data-field-of]")).find((one) => one.offsetParent)?.value ?? "";
    const shown = text.split(/\n\s*\n/).filter((part) => part.trim()).map((part) => {
      const paragraph = document.createElement("p");
      paragraph.textContent = part.trim();
      return paragraph;
    });
    preview.querySelector(".rules-text").replaceChildren(...shown);
  };
  preview.addEventListener("toggle", draw);
  preview.closest("[data-field-of]").addEventListener("input", () => preview.open && draw());
}

/* ---- saving ---- */
const note = document.querySelector("[data-unsaved]");
form.addEventListener("input", () => {
  if (note) note.hidden = false;
  refreshPhone();
});
form.addEventListener("submit", () => {
  for (const button of $$("button[form=campaign_form]")) button.textContent = "Saving…";
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  document.querySelector("button[name=_continue]").click();
});

/* ---- wordings: an input holds our words until it has others ---- */
for (const button of $$("[data-reset-wording]", form)) {
  button.addEventListener("click", () => {
    const inputs = $$("input[type=text], textarea", button.closest("details"));
    for (const input of inputs) input.value = input.dataset.default;
    inputs[0].dispatchEvent(new Event("input", { bubbles: true }));
  });
}

/* ---- the phone beside page and form, where there is room ---- */
// The phone is sandboxed: script/preview.js in it tells how far it is scrolled, since nobody may look in.
// Its origin is "null", which other sandboxes have as well, so its window is what proves it.
addEventListener("message", ({ source, origin, data }) => {
  if (frame && source === frame.contentWindow && origin === "null" && Number.isFinite(data?.scrolled)) scrolled = data.scrolled;
});
function showPhone() {
  if (!phone || !phone.dataset.phone) return;
  phone.hidden = !(roomy.matches && ["page", "form", "limits", "legal"].includes(page.dataset.tab));
  if (!phone.hidden && !frame.src) frame.src = frame.dataset.src;
}
async function drawPhone() {
  const data = new FormData(form);
  for (const input of $$("input[type=file]", form)) data.delete(input.name);
  data.set("style_nonce", page.dataset.styleNonce);
  try {
    const answer = await fetch(page.dataset.live, { method: "POST", body: data, headers: { "X-Requested-With": "fetch" } });
    const { html, trouble } = await answer.json();
    phone.querySelector("[data-phone-note]").textContent = trouble || "Shows what you type, also before it is saved.";
    if (!html) return;
    const top = scrolled;
    frame.addEventListener("load", () => frame.contentWindow?.postMessage({ scrollTo: top }, "*"), { once: true }); // a sandbox has no origin to name
    frame.srcdoc = html;
  } catch {
    phone.querySelector("[data-phone-note]").textContent = "The preview can't be drawn right now. It comes back with the next save.";
  }
}
function refreshPhone() {
  if (!phone || phone.hidden || !page.dataset.live) return;
  clearTimeout(waiting);
  waiting = setTimeout(drawPhone, 700);
}
roomy.addEventListener("change", showPhone);
form.addEventListener("rows:changed", () => form.dispatchEvent(new Event("input", { bubbles: true })));
showPhone();
