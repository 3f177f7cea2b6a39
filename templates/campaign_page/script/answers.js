// Answers: read them, judge them as the server will, say what is wrong beside the field and at the top.

import { $, day, form, make, photosOnly, preview, settings, sleep, t, today } from "./ground.js";
import { own, save, state } from "./keep.js";

// How people write addresses, numbers and names. Loaded beside the page and never needed to send: without it
// answers go as they were typed, and the server judges them.
const { grammar } = settings;
let rules = null;
const rulesLoaded = import("./grammar.js").then((module) => {
  module.readEmail("name@example.com", grammar); // a browser that can't follow them is one without them
  module.readNumber("1", grammar);
  rules = module;
}).catch(() => {});

// Of both ways to enter only the chosen one's fields are shown, and nothing else is read.
const all = (selector) => [...form.querySelectorAll(selector)].filter((box) => !box.hidden);
const inputsOf = (box) => (box.matches("input") ? [box] : [...box.querySelectorAll("input,select,textarea")]);

export const boxOf = (name) => form.querySelector(["answer", "consent", "photos"].map((kind) => `[data-${kind}="${CSS.escape(name)}"]`).join(","));

let lineOf = new Map(); // in the summary, by box

export function complain(box, words) {
  const line = lineOf.get(box);
  if (line) { line.textContent = words || line.textContent; line.classList.toggle("mended", !words); }
  box.querySelector(".error").textContent = words;
  box.classList.toggle("wrong", Boolean(words));
  for (const input of inputsOf(box)) if (words) input.setAttribute("aria-invalid", "true"); else input.removeAttribute("aria-invalid");
}

export function read(box) {
  const inputs = inputsOf(box);
  const chosen = inputs.filter((input) => input.checked).map((input) => input.value);
  if (box.dataset.kind === "choices") return chosen;
  if (inputs[0].type === "radio") return chosen[0] || "";
  return inputs[0].value.replace(/[\ud800-\udfff]/gu, "").trim(); // half a character, left where a box was full: no JSON
}

const lines = (box) => Boolean(box.querySelector?.("textarea"));
const countriesOf = (box) => (box.dataset.countries ? box.dataset.countries.split(" ") : settings.countries);

// What is understood of an answer, or what is wrong with it and what was probably meant.
const readers = {
  email: (typed) => rules.readEmail(typed, grammar),
  phone: (typed, box) => rules.readPhone(typed, grammar, countriesOf(box)),
  postal_code: (typed, box) => rules.readPostalCode(typed, grammar, countriesOf(box)),
  number: (typed) => rules.readNumber(typed, grammar),
  date: (typed, box) => rules.readDay(typed, grammar, "purchase" in box.dataset && today()),
  birth_date: (typed) => rules.readDay(typed, grammar),
};
function readingOf(box) {
  const typed = read(box);
  if (!rules || Array.isArray(typed) || box.dataset.kind === "choice") return { kept: typed };
  return (readers[box.dataset.kind] || (() => rules.readText(typed, grammar, lines(box))))(typed, box);
}

// What is sent. A number that its language would read as another one goes as a number, not as text.
function keptOf(box) {
  const { kept, wrong } = readingOf(box);
  if (!kept || box.dataset.kind !== "number" || !rules) return kept || (wrong ? read(box) : ""); // of what nobody sees, nothing
  return rules.readNumber(kept, grammar).kept === kept ? kept : Number(kept);
}


const number = (text) => { try { return new Intl.NumberFormat(settings.locale).format(text); } catch { return text; } };

// What is wrong with what was understood, by the bounds of its field.
const bounds = {
  number: (kept, { min, max }) => {
    if (min && Number(kept) < Number(min)) return t("at_least", { bound: number(min) });
    return max && Number(kept) > Number(max) ? t("at_most", { bound: number(max) }) : "";
  },
  date: (kept, { min, max }) => {
    if (min && kept < min) return t("not_before", { bound: day(min) });
    return max && kept > max ? t("not_after", { bound: day(max) }) : "";
  },
  birth_date: (kept) => (kept > today() ? t("bad_birth_date") : ""),
};

function judge(box) {
  const { kind, label, least, most } = box.dataset;
  if (inputsOf(box)[0].validity.badInput) return t("bad_date");
  const typed = read(box);
  if (!typed.length || (rules && typeof typed === "string" && !rules.clean(typed, grammar))) return "required" in box.dataset ? t("missing", { label }) : "";
  const { kept, wrong } = readingOf(box);
  if (wrong) return t(kind === "birth_date" ? "bad_birth_date" : wrong, { label, example: exampleOf(box) });
  const length = [...kept].length;
  if (typeof kept === "string" && most && length > Number(most)) return t("too_long", { count: most });
  if (least && length < Number(least)) return t("too_short", { count: least });
  return rules && bounds[kind] ? bounds[kind](kept, box.dataset) : "";
}

const exampleOf = (box) => countriesOf(box).map((country) => grammar.postal.forms[country]?.example).find(Boolean) || "";

// Only a form with patterns loads what matches them. Without it, and in a preview, whose sandbox
// may start no worker, they are the server's to judge.
const later = !preview && form.querySelector("[data-pattern]") && import("./matching.js").catch(() => null);

// What is wrong with each box, in words.
async function judgeAll(boxes) {
  await Promise.race([rulesLoaded, sleep(3000)]);
  const found = boxes.map(judge);
  const fits = await (await later)?.matching?.(boxes.map((box, place) => (found[place] ? [] : [box.dataset.pattern, readingOf(box).kept])));
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
  lineOf = new Map();
  for (const [box, words] of found) { complain(box, words); if (words) propose(box); }
  const wrong = found.filter(([, words]) => words);
  summary.hidden = !wrong.length;
  summary.querySelector("ul").replaceChildren(...wrong.map(([box, words]) => {
    const [input] = inputsOf(box);
    const link = make("a", { href: `#${input.id}`, textContent: words });
    lineOf.set(box, link);
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

// Until it is known that somebody is old enough, nothing begins.
export function ageOpen() {
  const box = form.querySelector("[data-age]");
  return Boolean(box) && (!read(box) || tooYoung());
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
    const value = own(state.answers, box.dataset.answer);
    if (value === undefined) continue;
    for (const input of inputsOf(box)) {
      if (["radio", "checkbox"].includes(input.type)) input.checked = [value].flat().includes(input.value);
      else input.value = value;
    }
  }
  for (const box of all("[data-consent]")) box.querySelector("input").checked = Boolean(own(state.consents, box.dataset.consent));
}

export const answersToSend = () => ({ ...sources(), ...Object.fromEntries(all("[data-answer]").map((box) => [box.dataset.answer, keptOf(box)]).filter(([, value]) => value === 0 || value.length !== 0)) });
export const consentsToSend = () => Object.fromEntries(all("[data-consent]").map((box) => [box.dataset.consent, box.querySelector("input").checked]));
export const emailOf = () => { const box = form.querySelector("[data-kind=email]"); return box ? keptOf(box) : ""; };

// ------------------------------------------------------------------ where a visitor came from

const asked = new URLSearchParams(location.search);
const tidy = (text, most) => {
  const whole = text.slice(0, 20 * most).replace(/\ufffd/g, ""); // half a character in an address
  return rules ? rules.cut(rules.clean(whole, grammar), most) : [...whole].slice(0, most).join("");
};

// What posters and newsletters wrote into the address; the form needs no row for it.
const sources = () => Object.fromEntries(grammar.sources.map((name) => [name, tidy(asked.get(name) || "", grammar.most_hidden)]).filter(([, text]) => text));
export const sourceOf = () => tidy(asked.get("s") || asked.get("utm_source") || "", grammar.most_source) || undefined;

export function takeSources() {
  for (const field of form.querySelectorAll("[data-kind=hidden]")) field.value = tidy(asked.get(field.name) || "", grammar.most_hidden) || field.value;
}

// ------------------------------------------------------------------ what was probably meant

// Offered, never taken unasked: another address, or the day in another year.
export function propose(box) {
  const place = box.querySelector(".offer");
  if (!place) return;
  place.replaceChildren();
  if (!rules) return;
  const [input] = inputsOf(box);
  const better = box.dataset.kind === "email" ? rules.likelyEmail(input.value, grammar) : readingOf(box).proposal;
  if (!better) return;
  const shown = ["email", "postal_code"].includes(box.dataset.kind) ? better : day(better);
  const offer = make("button", { type: "button", className: "link", textContent: t("did_you_mean", { address: shown }) });
  offer.onclick = () => { input.value = better; place.replaceChildren(); keepAnswers(); complain(box, ""); input.focus(); };
  place.append(offer);
}
