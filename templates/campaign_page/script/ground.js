// What every other module stands on: the page's settings and words, and small hands for the document.

const data = JSON.parse(document.getElementById("page-data").textContent);

export const settings = data.settings;
export const view = document.body.dataset.view; // "form", or "status" behind the link of a mail
export const preview = "preview" in document.body.dataset;
export const $ = (id) => document.getElementById(id);
export const form = $("form");
export const photosOnly = () => view === "status" || form.classList.contains("photos-only");

// A word of the page in its own language; {names} in it are filled in.
export const t = (key, values = {}) => (data.words[key] || "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter(Boolean));
  return element;
}

export const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));

const inZone = (style) => new Intl.DateTimeFormat(settings.region, { ...style, timeZone: settings.timezone });
export const day = (text, shiftMs = 0) => inZone({ dateStyle: "full" }).format(new Date(Date.parse(text) + shiftMs));
export const moment = (text) => `${inZone({ dateStyle: "full", timeStyle: "short" }).format(new Date(text))} (${settings.place})`;

export const say = (words) => { $("line").textContent = words; };

export function tell(words, { loud = true } = {}) {
  const notice = $("notice");
  notice.textContent = words;
  notice.hidden = !words;
  if (words && loud) notice.scrollIntoView({ block: "nearest" });
}
