// Talking to the server: one call, again and again with back-off while the line or the server is away.
// Only the contract's own JSON under its own status is an answer (docs: "Success is told by our own words"):
// a portal's page, a firewall's challenge, half a document are faults of the line, as a line that is cut.

import { say, settings, sleep, t } from "./ground.js";

export class Refused extends Error {
  constructor(status, problem) {
    super(problem.code);
    Object.assign(this, { status, problem, code: problem.code });
  }
}

// Waits longer each time, up to half a minute, spread so that not everybody comes back at once;
// a line that is back ends the wait.
export const backOff = (attempt) => Math.min(30, 2 ** attempt) * (0.5 + Math.random());
export const waitForLine = (seconds) => Promise.race([
  sleep(seconds * 1000),
  new Promise((wake) => addEventListener("online", wake, { once: true })),
]);

function within(seconds) {
  try { return AbortSignal.timeout(seconds * 1000); } catch { /* one that is older */ }
  const late = window.AbortController && new AbortController();
  setTimeout(() => late?.abort(), seconds * 1000);
  return late?.signal;
}

// What came back, once: its status and JSON; no response where the line dropped, was too slow or led elsewhere.
export async function ask(url, options, seconds = 15) {
  try {
    const response = await fetch(url, { cache: "no-store", redirect: "error", ...options, signal: within(seconds) });
    const said = await response.json().catch(() => null);
    return { response, said: said && typeof said === "object" ? said : {} };
  } catch { return { said: {} }; }
}

const text = (value) => typeof value === "string" && value !== "";
const isList = (value) => Array.isArray(value) && value.every((item) => item && typeof item === "object");
const lists = (said, ...names) => names.every((name) => isList(said[name] || []));
const isRefusal = ({ status }, said) => status >= 400 && status < 500 && text(said.code) && said.status === status;

async function call(path, options, status, fits, offline = "offline") {
  for (let attempt = 0; ; attempt += 1) {
    const { response, said } = await ask(settings.api + path, options);
    if (response?.status === status && fits(said)) { say(""); return said; }
    if (response && response.status !== 429 && isRefusal(response, said)) { say(""); throw new Refused(response.status, said); }
    const asked = response && Math.min(120, Number(response.headers.get("Retry-After")));
    const seconds = asked >= 1 ? asked * (1 + Math.random() / 4) : backOff(attempt); // whatever is asked for, never at once
    const isBusy = response && (response.status >= 500 || response.status === 429);
    say(isBusy ? t("busy", { seconds: Math.ceil(seconds) }) : t(response ? "elsewhere" : offline));
    await waitForLine(seconds);
  }
}

// Without the two characters for which a queue refuses all of it.
const post = (body) => ({ method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body).replace(/[\ufffe\uffff]/g, "") });
const isAt = (one) => (other) => one.receipt === other.receipt && one.part === other.part;
export const slotOf = (uploads, photo) => uploads.find(isAt(photo));

export const startSession = (body) => call("/start", post(body), 200, (said) => text(said.submission_id)
  && text(said.reference) && text(said.token) && said.attempt > 0 && Date.parse(said.expires_at) > 0 && isList(said.uploads)
  && body.uploads.every((photo) => { const slot = slotOf(said.uploads, photo); return slot && text(slot.url) && slot.fields; }));

export const submit = (body) => call("/submissions", post(body), 202, (said) => said.status === "received");

const isStatus = (said, id) => said.submission_id === id && text(said.status) && text(said.reference) && lists(said, "images", "reasons", "awards", "actions");
const bearer = (token) => ({ headers: { Authorization: `Bearer ${token}` } });
// One that this page has no words for yet, being older than the server, is an entry that waits.
const inWords = (said) => (t(`is_${said.status}`) ? said : { ...said, status: "queued" });
export const statusOf = async (id, token) => inWords(await call(`/submissions/${id}`, bearer(token), 200, (said) => isStatus(said, id), "offline_status"));

// Asked once and behind the form's back: nothing where that didn't work.
export async function statusOnce(id, token) {
  const { response, said } = await ask(`${settings.api}/submissions/${id}`, bearer(token));
  return response?.status === 200 && isStatus(said, id) ? said : null;
}
