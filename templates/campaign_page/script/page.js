// The campaign page: opens by the clock, takes an entry, sends it once, tells what became of it.
// No framework and no build step. The server's contract is version 1 (`/v1/campaigns/{slug}`).

import { ageOpen, answersToSend, boxOf, check, consentsToSend, emailOf, judgeAgain, keepAnswers, propose, restoreAnswers, showWrong, takeRoute, takeSources, tooYoung, wrongPhotos } from "./answers.js";
import { $, form, moment, now, photosOnly, preview, reveal, say, setClock, settings, sleep, t, tell, view } from "./ground.js";
import { forgetEverything, load, noted, save, state } from "./keep.js";
import { draw, dropUnseen, fitSession, forgetPhotos, onRefusal, progress, proveWith, renewSession, resumePhotos, start, underWay, watchPhotos } from "./photos.js";
import { Refused, ask, backOff, statusOf, submit, waitForLine } from "./server.js";

const button = form.querySelector(".send");
const sendWords = button.textContent;
const RELOADED = `campaign:${settings.slug}:reloaded`;

// ------------------------------------------------------------------ sending

let sending = false;

function busy(on) {
  sending = on;
  button.textContent = on ? t("sending") : sendWords;
  if (on) button.setAttribute("aria-disabled", "true"); else button.removeAttribute("aria-disabled");
}

async function send(event) {
  event.preventDefault();
  if (sending) return;
  busy(true);
  try { if (await check()) await sendChecked(); } catch (error) { refused(error); } finally { busy(false); }
}

async function sendChecked() {
  if (preview) { say(t("preview")); return; }
  if (tooYoung()) { turnAway(); return; }
  tell("");
  keepAnswers();
  await sendOnce();
}

async function photosArrived() {
  while (underWay().length) {
    say(t("photo_on_its_way", { percent: progress() }), true);
    await sleep(200);
  }
  say("");
  return showWrong(wrongPhotos());
}

async function sendOnce() {
  if (!await photosArrived()) return;
  if (state.session && Date.parse(state.session.expires) < now()) await renewSession();
  await fitSession();
  if (!await photosArrived()) return;
  const only = photosOnly();
  const answers = only ? {} : answersToSend();
  const trap = trapOf(answers);
  await submit({
    submission_id: state.session.id, token: state.session.token,
    answers, consents: only ? {} : consentsToSend(), ...(trap && { trap }),
  });
  state.sent = { ...state.session, email: only ? state.sent?.email : emailOf() };
  save();
  await watch(state.sent);
}

// A browser throws at a name that it does not know.
const isAutofilled = (input) => [":autofill", ":-webkit-autofill"].some((name) => { try { return input.matches(name); } catch { return false; } });

// Who has a program fill in forms has filled in the trap as well, with what they are called or where they live.
function trapOf(answers) {
  const trap = $("more");
  if (!trap || isAutofilled(trap)) return "";
  return Object.values(answers).some((answer) => `${answer}`.includes(trap.value)) ? "" : trap.value.slice(0, 300);
}

// What tells of an entry comes once the form is there. Where it doesn't, the page still says what is sure.
let loading = null;
async function outcome(sent) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const module = await Promise.race([loading = loading || import("./outcome.js"), sleep(5000)]);
      if (module) return module;
    } catch { loading = null; }
    if (sent) { form.hidden = true; tell(`${t("is_queued")} ${t("reference")}: ${sent.reference}`); } else say(t("offline"));
    await waitForLine(backOff(attempt));
  }
}

const watch = async (sent) => (await outcome(sent)).follow(sent, { mend, askAgain, refuse });

// The writer found something that the page did not: the same answers, a new entry, what is wrong beside its field.
function mend(reasons) {
  state.sent = null;
  save();
  $("done").hidden = true;
  reveal(form);
  const placed = reasons.filter((reason) => reason.field && boxOf(reason.field)?.querySelector(".error")); // a hidden field has no place for words
  if (placed.length < reasons.length) tell(reasons.filter((reason) => !placed.includes(reason)).map((reason) => reason.message).join(" "));
  showWrong(placed.map((reason) => [boxOf(reason.field), reason.message]));
  renewSession().catch(refused);
}

// Only the photo is asked for again; the answers are with us.
function askAgain(sent) {
  state.session = { ...sent, names: "" };
  form.classList.add("photos-only");
  reveal(form);
  draw();
}

function turnAway() {
  forgetEverything();
  noted(`${RELOADED}:age`, "1");
  form.hidden = true;
  tell(t("too_young"));
}

// ------------------------------------------------------------------ when the server says no

// A fault of ours is said as well, and stands in the browser's console.
function refused(error) {
  if (error instanceof Refused) { refuse(error); return; }
  tell(t("broken"));
  throw error;
}

function refuse(error) {
  if (error.code === "release_changed") { reload(); return; }
  if (["bad_token", "token_expired"].includes(error.code)) {
    if (view === "status" || state.sent) { form.hidden = true; tell(t(error.code === "bad_token" ? "link_over" : "too_late_to_send", { address: settings.help })); return; }
    tell(t("token_expired"));
    renewSession().catch(refused);
    return;
  }
  if (error.code === "link_used") form.hidden = true;
  if (error.code === "not_open" && error.problem.until) { tell(t("opens", { day: moment(error.problem.until) })); return; }
  tell(t(error.code) || t("broken"));
}

// Another release is in force: the answers stay, what was agreed to has to be agreed to again.
function reload() {
  keepAnswers();
  Object.assign(state, { consents: {}, session: null });
  save();
  const last = Number(noted(RELOADED));
  noted(RELOADED, Date.now());
  if (noted(RELOADED) && Date.now() - last > 60_000) location.reload(); else tell(t("changed")); // a cache may hold the old page for a minute
}

// ------------------------------------------------------------------ filling in

function watchForm() {
  // Errors go and proposals come while typing, never when a field is left: what moves then
  // would move Send away from under the finger that has just pressed it.
  let typing = 0, touched = false;
  const touch = ({ target, type }) => {
    if (touched || preview || photosOnly() || state.session || !target.closest("[data-answer],[data-consent]")) return;
    if (type === "focusin" ? ageOpen() : tooYoung()) return;
    touched = true;
    start().catch(refused);
  };
  form.addEventListener("submit", send);
  form.addEventListener("focusin", touch);
  form.addEventListener("input", (event) => {
    const { target } = event;
    const box = target.closest("[data-answer],[data-consent]");
    if (!box) return;
    keepAnswers();
    $("earlier")?.remove();
    touch(event);
    if (box.classList.contains("wrong")) judgeAgain(box);
    box.querySelector(".offer")?.replaceChildren();
    if (box.dataset.kind === "email") { clearTimeout(typing); typing = setTimeout(propose, 500, box); }
  });
  takeSources();
  onRefusal(refuse);
  const challenge = $("challenge") && import("./challenge.js").catch(() => null);
  if (challenge) proveWith(async () => (await challenge)?.prove());
  watchPhotos();
  watchRoutes();
}

// With two ways to enter, a token belongs to one of them: another way is another session.
function watchRoutes() {
  const routes = $("routes");
  const take = (route) => { state.route = route; takeRoute(route); };
  const chosen = routes && state.route && routes.querySelector(`[value="${CSS.escape(state.route)}"]`);
  take((routes ? chosen?.value : state.route) || settings.route);
  if (!routes) return;
  if (chosen) chosen.checked = true;
  routes.addEventListener("change", ({ target }) => {
    take(target.value);
    dropUnseen();
    renewSession().catch(refused);
  });
}

// ------------------------------------------------------------------ opening and closing by the clock

let known = null; // what was last read; before that, what the page was published with
const isState = ({ state: one, opens_at, closes_at, release }) => ["scheduled", "live", "paused", "closed", "archived"].includes(one)
  && Date.parse(opens_at) > 0 && Date.parse(closes_at) > 0 && Number.isInteger(release);

async function stateNow() {
  const { response, said } = await ask(`${document.body.dataset.root}state.json`, { cache: "no-cache" }, 4);
  const isOurs = response?.status === 200 && isState(said);
  if (isOurs) {
    setClock(response.headers.get("Date"), response.headers.get("Age"));
    known = said;
  }
  return { isOurs, ...(known || { state: "live", opens_at: settings.opens, closes_at: settings.closes, release: settings.release }) };
}

function doorOf(live) {
  if (["closed", "archived"].includes(live.state) || now() >= Date.parse(live.closes_at)) return "closed";
  if (live.state === "paused") return "paused";
  return now() < Date.parse(live.opens_at) ? "opens" : "open";
}

async function mindTheDoor() {
  for (let before = ""; ;) {
    const live = await stateNow();
    const door = doorOf(live);
    if (live.release > settings.release && door === "open" && !sending && !state.sent) reload();
    else if (door !== before && !state.sent) {
      form.hidden = true;
      document.body.dataset.door = door;
      tell(door === "open" ? "" : t(door, { day: moment(live.opens_at) }), { loud: false });
      if (door === "open") reveal(form);
    }
    before = door;
    if (door === "closed" && live.isOurs) return;
    const edge = Date.parse(door === "opens" ? live.opens_at : live.closes_at) - now() || Infinity;
    const look = door === "paused" || !live.isOurs ? 20_000 : live.release > settings.release ? 70_000 : 600_000; // the next reload may bring it
    await sleep(Math.max(250, Math.min(edge > 0 ? edge : Infinity, look * (0.9 + Math.random() * 0.2))));
  }
}

// ------------------------------------------------------------------ the two views

async function openForm() {
  await load();
  restoreAnswers();
  watchForm();
  draw();
  if (state.sent) { await watch(state.sent); return; }
  resumePhotos();
  if (noted(`${RELOADED}:age`)) { tell(t("too_young")); return; }
  import("./drafts.js").then(({ offer }) => offer()).catch(() => {});
  loading = import("./outcome.js");
  loading.catch(() => { loading = null; });
  await mindTheDoor();
}

// A mail program may have put something behind the link that it found, or written its dots otherwise.
function tokenIn(hash) {
  let text = hash;
  try { text = decodeURIComponent(hash); } catch { /* as it stands */ }
  return (/[\w-]+\.[\w-]+\.[\w-]+/.exec(text) || [""])[0];
}

function claimsOf(token) {
  try {
    const text = atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (letter) => letter.charCodeAt(0))));
  } catch { return null; }
}

async function openStatus() {
  const token = tokenIn(location.hash);
  const claims = claimsOf(token);
  if (!claims) { tell(t("bad_link")); return; }
  // Every mail's link leads to the same next attempt, and to what was kept of it.
  await load(`:${claims.submission_id}:${(claims.attempt || 1) + (claims.purpose === "resubmit" ? 0 : 1)}`);
  state.route = claims.route;
  watchForm();
  draw();
  if (state.sent) { await watch(state.sent); return; }
  const sent = { id: claims.submission_id, token, attempt: 1, purpose: claims.purpose, expires: claims.expires_at, arrived: true };
  const answer = await statusOf(sent.id, token);
  sent.reference = answer.reference;
  sent.used = claims.purpose === "resubmit" && answer.images?.length;
  (await outcome()).show(answer, sent);
  const asked = answer.status === "needs_resubmission" && answer.actions?.length;
  if (asked) { const kept = state.session; askAgain(sent); state.session = kept || state.session; await resumePhotos(); }
  if (answer.poll_after_seconds) await watch(sent);
}

async function open() {
  if (preview) { watchForm(); forgetPhotos(); reveal(form); return; }
  try { await (view === "status" ? openStatus() : openForm()); } catch (error) { refused(error); }
}

addEventListener("visibilitychange", () => { if (!document.hidden && state.sent && form.hidden) watch(state.sent).catch(refused); });
addEventListener("hashchange", () => { if (view === "status") location.reload(); });

if (window.parent !== window && !preview) import("./embedded.js").catch(() => {});
open();
