// What every other module stands on: the page's settings and words, and small hands for the document.

const data = JSON.parse(document.getElementById("page-data").textContent);

export const settings = data.settings;
export const view = document.body.dataset.view; // "form", or "status" behind the link of a mail
export const preview = "preview" in document.body.dataset;
export const $ = (id) => document.getElementById(id);
export const form = $("form");
export const photosOnly = () => view === "status" || form.classList.contains("photos-only");

const words = Object.assign(Object.create(null), data.words); // a code may be called as what every object has
// A word of the page in its own language; {names} in it are filled in.
export const t = (key, values = {}) => (words[key] || "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter(Boolean));
  return element;
}

export const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));

// ------------------------------------------------------------------ days and times, in the campaign's zone

// By the offsets that the page was given: an old phone knows no Europe/Kyiv, and has another summer in its head.
const offset = (ms) => 60_000 * (settings.offsets.filter(([from]) => from * 1000 <= ms).pop() || settings.offsets[0])[1];
const DAY = { weekday: "long", day: "numeric", month: "long" };
const CLOCK = { hour: "numeric", minute: "2-digit", hour12: settings.locale.startsWith("en") };
const MIDNIGHT = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }; // few are sure which day 12:00 am belongs to
const clockOf = (local) => written(local, Math.floor(local / 60_000) % 1440 ? CLOCK : MIDNIGHT);

// Never an error: what this browser can't write in words stands in figures, and no date is no words.
function written(local, style) {
  if (!Number.isFinite(local)) return "";
  try { return new Intl.DateTimeFormat(settings.region, { ...style, timeZone: "UTC" }).format(new Date(local)); } catch { /* in figures */ }
  return new Date(local).toISOString().slice(..."hour" in style ? [11, 16] : [0, 10]);
}

let ahead = 0; // by how much the server's clock is before this phone's, which may be days wrong
export const setClock = (date, age) => { ahead = (Date.parse(date) + 1000 * (Number(age) || 0) || Date.now()) - Date.now(); };
export const now = () => Date.now() + ahead;
const nowLocal = () => now() + offset(now());
const dayOf = (local) => written(local, new Date(local).getUTCFullYear() === new Date(nowLocal()).getUTCFullYear() ? DAY : { ...DAY, year: "numeric" });
const momentOf = (local) => `${dayOf(local)}, ${t("clock", { clock: clockOf(local) })} (${settings.place})`;
const localOf = (time) => Date.parse(time) + offset(Date.parse(time));

export const today = () => new Date(nowLocal()).toISOString().slice(0, 10);
export const day = (date) => written(Date.parse(date), { day: "numeric", month: "long", year: "numeric" }); // of one without a time
export const moment = (time) => (time ? momentOf(localOf(time)) : "");

// The day before an instant: a promise made for a day ends with the midnight after it.
export const dayBefore = (time) => dayOf(localOf(time) - 1);

// A deadline as the last minute of a day that is wholly before it; on its last day, its own time.
export function deadline(time) {
  const lastMinute = Math.floor(localOf(time) / 86_400_000) * 86_400_000 - 60_000;
  return lastMinute > nowLocal() ? momentOf(lastMinute) : moment(time);
}

// ------------------------------------------------------------------ saying something

// The help that the page shows until its script has something better: from then on this is it.
export function reveal(element) {
  element.hidden = false;
  $("fallback")?.remove();
}

// What says the same again is not written again: a screen reader would read it once more.
export const put = (place, words) => { if (place.textContent !== words) place.textContent = words; };

// What counts on (`counts`) is read aloud where it begins, not at each step.
export const say = (words, counts = false) => {
  const line = $("line");
  line.setAttribute("aria-live", counts && "counts" in line.dataset ? "off" : "polite");
  line.toggleAttribute("data-counts", counts);
  put(line, words);
  if (words && view === "status") $("fallback")?.remove(); // this is what there is to say
};

export function tell(words, { loud = true } = {}) {
  const notice = $("notice");
  notice.textContent = words;
  notice.hidden = !words;
  if (words) reveal(notice);
  if (words && loud) notice.scrollIntoView({ block: "nearest" });
}
