// Answers: read them, judge them as the server will, say what is wrong beside the field and at the top.

import { $, form, make, photosOnly, preview, settings, t } from "./ground.js";
import { save, state } from "./keep.js";

// Of both ways to enter only the chosen one's fields are shown, and nothing else is read.
const all = (selector) => [...form.querySelectorAll(selector)].filter((box) => !box.hidden);
const inputsOf = (box) => (box.matches("input") ? [box] : [...box.querySelectorAll("input,select,textarea")]);

export const boxOf = (name) => form.querySelector(["answer", "consent", "photos"].map((kind) => `[data-${kind}="${CSS.escape(name)}"]`).join(","));

export function complain(box, words) {
  box.querySelector(".error").textContent = words;
  box.classList.toggle("wrong", Boolean(words));
  for (const input of inputsOf(box)) if (words) input.setAttribute("aria-invalid", "true"); else input.removeAttribute("aria-invalid");
}

export function read(box) {
  const inputs = inputsOf(box);
  const chosen = inputs.filter((input) => input.checked).map((input) => input.value);
  if (box.dataset.kind === "choices") return chosen;
  if (inputs[0].type === "radio") return chosen[0] || "";
  const value = inputs[0].value.trim();
  return box.dataset.kind === "number" ? value.replace(/\s/g, "").replace(",", ".") : value;
}

const matches = (pattern, value) => new RegExp(`^(?:${pattern})$`, "u").test(value); // of our own: what staff typed goes to a worker
const today = () => new Intl.DateTimeFormat("en-CA", { timeZone: settings.timezone }).format(new Date()); // as 2026-06-30
const day = (text) => new Intl.DateTimeFormat(settings.region, { dateStyle: "long", timeZone: "UTC" }).format(new Date(text));

// Each kind's own rule, as the server has it: what is wrong in words, or nothing.
const rules = {
  email: (value) => (/^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(value) ? "" : t("bad_email")),
  phone: (value) => (/^\+?[0-9 ()./-]+$/.test(value) && /^[0-9]{6,15}$/.test(value.replace(/\D/g, "")) ? "" : t("bad_phone")),
  postal_code: (value) => (settings.postal.some((pattern) => matches(pattern, value.toUpperCase().replace(/\s+/g, " "))) ? "" : t("bad_postal")),
  number: (value, { min, max }) => {
    if (!/^-?[0-9]{1,15}([.][0-9]{1,6})?$/.test(value)) return t("bad_number");
    if (min && Number(value) < Number(min)) return t("at_least", { bound: min });
    return max && Number(value) > Number(max) ? t("at_most", { bound: max }) : "";
  },
  date: (value, { min, max }) => {
    if (min && value < min) return t("not_before", { bound: day(min) });
    return max && value > max ? t("not_after", { bound: day(max) }) : "";
  },
  birth_date: (value) => (value < "1900" || value > today() ? t("bad_birth_date") : ""),
};

function judge(box) {
  const value = read(box);
  const { kind, label, least } = box.dataset;
  if (inputsOf(box)[0].validity.badInput) return t("bad_date");
  if (value.length === 0) return "required" in box.dataset ? t("missing", { label }) : "";
  const wrong = rules[kind] ? rules[kind](value, box.dataset) : "";
  if (wrong) return wrong;
  return least && value.length < Number(least) ? t("too_short", { count: least }) : "";
}

// Only a form with patterns loads what matches them. Without it, and in a preview, whose sandbox
// may start no worker, they are the server's to judge.
const later = !preview && form.querySelector("[data-pattern]") && import("./matching.js").catch(() => null);

// What is wrong with each box, in words.
async function judgeAll(boxes) {
  const found = boxes.map(judge);
  const fits = await (await later)?.matching?.(boxes.map((box, place) => (found[place] ? [] : [box.dataset.pattern, read(box)])));
  return found.map((words, place) => words || (!fits || fits[place] ? "" : t("bad_pattern", { label: boxes[place].dataset.label })));
}

export async function judgeAgain(box) {
  if ("consent" in box.dataset) { complain(box, judgeConsent(box)); return; }
  const before = `${read(box)}`;
  const [words] = await judgeAll([box]);
  if (`${read(box)}` === before) complain(box, words); // typed on meanwhile: a later call knows better
}

const judgeConsent = (box) => ("required" in box.dataset && !box.querySelector("input").checked ? t("agree") : "");

function judgePhotos(box) {
  const mine = state.photos.filter((photo) => photo.field === box.dataset.photos);
  if (mine.some((photo) => photo.code)) return t("photo_refused");
  if (mine.some((photo) => photo.failed)) return t("photo_failed");
  const wanted = "required" in box.dataset || (photosOnly() && !state.photos.length);
  if (mine.length || !wanted) return "";
  return box.dataset.kind === "receipt_image" ? t("no_receipt") : t("missing", { label: box.dataset.label });
}

// Say everything that is wrong at once: beside each field, and in a summary that takes the focus.
export function showWrong(found) {
  const summary = $("summary");
  for (const [box, words] of found) complain(box, words);
  const wrong = found.filter(([, words]) => words);
  summary.hidden = !wrong.length;
  summary.querySelector("ul").replaceChildren(...wrong.map(([box, words]) => {
    const [input] = inputsOf(box);
    const link = make("a", { href: `#${input.id}`, textContent: words });
    link.onclick = (event) => { event.preventDefault(); (box.querySelector("[data-act]") || input).focus(); }; // with cards, the input is out of sight
    return make("li", {}, link);
  }));
  if (wrong.length) summary.focus();
  return !wrong.length;
}

export const wrongPhotos = () => all("[data-photos]").map((box) => [box, judgePhotos(box)]);

export async function check() {
  const boxes = photosOnly() ? [] : all("[data-answer]:not([type=hidden])");
  const words = await judgeAll(boxes);
  const found = wrongPhotos();
  if (!photosOnly()) {
    found.push(...boxes.map((box, place) => [box, words[place]]));
    found.push(...all("[data-consent]").map((box) => [box, judgeConsent(box)]));
  }
  const inOrder = (a, b) => (a[0].compareDocumentPosition(b[0]) & Node.DOCUMENT_POSITION_PRECEDING ? 1 : -1);
  return showWrong(found.sort(inOrder));
}

// Asked first and neutrally: who is too young reads one sentence, and nothing is sent or kept of them.
export function tooYoung() {
  const box = form.querySelector("[data-age]");
  if (!box || photosOnly() || !read(box)) return false;
  const [born, now] = [read(box), today()];
  const years = Number(now.slice(0, 4)) - Number(born.slice(0, 4)) - (now.slice(5) < born.slice(5) ? 1 : 0);
  return years < Number(box.dataset.age);
}

export function takeRoute(route) {
  for (const box of form.querySelectorAll("[data-routes]")) box.hidden = Boolean(box.dataset.routes) && !box.dataset.routes.split(" ").includes(route);
}

export function keepAnswers() {
  for (const box of all("[data-answer]")) state.answers[box.dataset.answer] = read(box);
  for (const box of all("[data-consent]")) state.consents[box.dataset.consent] = box.querySelector("input").checked;
  save();
}

export function restoreAnswers() {
  for (const box of all("[data-answer]")) {
    const value = state.answers[box.dataset.answer];
    if (value === undefined) continue;
    for (const input of inputsOf(box)) {
      if (["radio", "checkbox"].includes(input.type)) input.checked = [value].flat().includes(input.value);
      else input.value = value;
    }
  }
  for (const box of all("[data-consent]")) box.querySelector("input").checked = Boolean(state.consents[box.dataset.consent]);
}

export const answersToSend = () => Object.fromEntries(all("[data-answer]").map((box) => [box.dataset.answer, read(box)]).filter(([, value]) => value.length));
export const consentsToSend = () => Object.fromEntries(all("[data-consent]").map((box) => [box.dataset.consent, box.querySelector("input").checked]));
export const emailOf = () => { const box = form.querySelector("[data-kind=email]"); return box ? read(box) : ""; };

const domains = "gmail.com googlemail.com hotmail.com outlook.com yahoo.com icloud.com live.com aol.com gmx.com gmx.de web.de t-online.de hotmail.co.uk yahoo.co.uk btinternet.com hotmail.es yahoo.es orange.fr free.fr wanadoo.fr laposte.net hotmail.fr yahoo.fr proton.me".split(" ");

// One letter more, less or other, or two neighbours swapped.
function near(a, b) {
  if (Math.abs(a.length - b.length) > 1 || a === b) return false;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i += 1;
  const swapped = a[i] === b[i + 1] && a[i + 1] === b[i] && a.slice(i + 2) === b.slice(i + 2);
  return swapped || a.slice(i + 1) === b.slice(i) || a.slice(i) === b.slice(i + 1) || a.slice(i + 1) === b.slice(i + 1);
}

export function proposeDomain(box) {
  const [input] = inputsOf(box);
  const place = box.querySelector(".offer");
  const [local, domain] = input.value.trim().toLowerCase().split("@");
  const better = domain && !domains.includes(domain) && domains.find((known) => near(domain, known));
  place.replaceChildren();
  if (!better) return;
  const offer = make("button", { type: "button", className: "link", textContent: t("did_you_mean", { address: `${local}@${better}` }) });
  offer.onclick = () => { input.value = `${local}@${better}`; place.replaceChildren(); keepAnswers(); complain(box, ""); input.focus(); };
  place.append(offer);
}
