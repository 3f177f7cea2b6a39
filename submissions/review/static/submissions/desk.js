// The review desk: keys for verdicts, digits for reasons, and the next submission ready before it is asked for.
import { Viewer } from "./viewer.js";

const WAIT_FOR_PHOTO_MS = 3000, LOOK_FOR_WORK_MS = 10000, PREVIEW_MS = 150, WAIT_FOR_NEXT_MS = 4000;
const said = document.getElementById("said");
const MOST_PASSED_OVER = 30;
const MOST_SEEN = 3; // A decision that wasn't saved stays said above the next ones.
const decided = [];
const orders = new Map(); // of reasons, by campaign, as this page first showed them: no key moves under the finger
let desk, viewer, next, readied = "", timers = [], given = 0;

// ------------------------------------------------------------------ one desk after the other

function enter(element) {
  desk = element;
  document.title = `${desk.dataset.title} · CampaignHub`;
  const stage = desk.querySelector(".stage");
  viewer = stage && new Viewer(stage);
  listen(desk);
  stage?.addEventListener("error", renewLinks, { capture: true, once: true });
  if (desk.querySelector("[data-missing]")) timers.push(setInterval(lookForPhotos, WAIT_FOR_PHOTO_MS));
  if (!desk.dataset.id) timers.push(setInterval(lookForWork, LOOK_FOR_WORK_MS));
  const { campaign, ranked } = desk.dataset;
  if (campaign && !orders.has(campaign)) orders.set(campaign, ranked);
  if ("canDecide" in desk.dataset) next = prepare();
}

function listen(element) {
  const all = (selector) => [...(element.matches(selector) ? [element] : []), ...element.querySelectorAll(selector)];
  for (const form of all("form[data-verdict]")) form.addEventListener("submit", give);
  for (const form of all(".reasons form")) { listenToEnter(form); if (form.querySelector(".preview")) listenToReasons(form); }
}

function swap(element) {
  timers.forEach(clearInterval);
  timers = [];
  viewer?.leave();
  desk.replaceWith(element);
  history.pushState(null, "", element.dataset.url);
  scrollTo(0, 0);
  enter(element);
}

async function part(where) {
  const address = new URL(where, location);
  for (const order of orders) address.searchParams.append("ranked", order.join(":"));
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected && !new URL(answer.url).searchParams.has("part")) throw new Error("no desk");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return document.importNode(page.getElementById("desk"), true);
}

// Fetch the next desk and its pictures while this one is looked at.
function prepare() {
  const address = new URL(desk.dataset.next, location);
  address.searchParams.set("part", "1");
  // A verdict may still be on its way, so what was decided just now is passed over by name.
  for (const id of [desk.dataset.id, ...decided]) address.searchParams.append("not", id);
  const ready = part(address).then((element) => { for (const image of element.querySelectorAll(".pane img, .strip img")) new Image().src = image.src; readied = element.dataset.leave || ""; return element; });
  ready.catch(() => {});
  return ready;
}

// ------------------------------------------------------------------ verdicts

async function give(event) {
  event.preventDefault();
  const form = event.currentTarget, left = desk, ready = next;
  if (left.dataset.sent) return;
  if (!fits(form)) return;
  left.dataset.sent = "1";
  const mine = given += 1;
  decided.unshift(left.dataset.id);
  decided.length = Math.min(decided.length, MOST_PASSED_OVER);
  const body = new FormData(form);
  const reference = left.querySelector(".reference").firstChild.textContent.trim();
  tell(`${reference}: ${form.dataset.verdict.toLowerCase()}…`);
  // The answer is not waited for: the next picture is there at once.
  const answer = fetch(form.action, { method: "POST", body, keepalive: true, headers: { Accept: "application/json" } });
  answer.catch(() => {}); // it may fail while the next is waited for; what then is said below
  const element = await Promise.race([ready.catch(() => null), new Promise((done) => setTimeout(done, WAIT_FOR_NEXT_MS, null))]);
  if (element) swap(element);
  try {
    const response = await answer, act = await response.json();
    if (!response.ok) { takeBack(left); return trouble(act.trouble, act.where, "Open it", mine); }
    if (mine === given) remember(act); // Undo is of the last one, whichever answer comes last
    if (!element) location.assign(left.dataset.next);
  } catch {
    takeBack(left);
    trouble(`We couldn't save your decision on ${reference}.`, left.dataset.url, "Try again", mine);
  }
}

function fits(form) {
  const box = form.querySelector(".trouble");
  if (!box) return true;
  const chosen = form.querySelectorAll("[name=reason]:checked");
  let words = "";
  if (!chosen.length) words = "Choose at least one reason; the entrant reads it.";
  if (chosen.length > 3) words = "Choose up to three reasons.";
  if ([...chosen].some((c) => "needsMessage" in c.dataset) && !form.elements.message.value.trim()) { words = "Write the message that the entrant reads."; form.elements.message.focus(); }
  box.textContent = words;
  box.hidden = !words;
  return !words;
}

// What was not saved may be decided again, here or when its turn comes.
function takeBack(left) {
  delete left.dataset.sent;
  const place = decided.indexOf(left.dataset.id);
  if (place >= 0) decided.splice(place, 1);
}

function put(element) { said.replaceChildren(...said.querySelectorAll(":scope > .error"), element); }

function tell(words) {
  for (const error of said.querySelectorAll(":scope > .error")) { error.dataset.seen = Number(error.dataset.seen || 0) + 1; if (error.dataset.seen > MOST_SEEN) error.remove(); }
  const line = document.createElement("p"); line.textContent = words; put(line);
}

function trouble(words, where, way, number) {
  const line = document.createElement("p"), link = document.createElement("a");
  line.className = "error"; line.textContent = `${words} `;
  link.href = where; link.textContent = way;
  line.append(link);
  if (number === given) put(line); else said.prepend(line); // beside the Undo of a later one
}

function remember(act) {
  const form = document.getElementById("act").content.firstElementChild.cloneNode(true);
  form.action = act.undo;
  form.dataset.seconds = act.seconds;
  form.elements.decision_no.value = act.decision_no;
  form.querySelector("span").textContent = act.said;
  put(form);
  countDown(form);
}

function countDown(form) {
  let seconds = Number(form.dataset.seconds);
  const button = form.querySelector("button"), rest = document.createElement("span");
  rest.setAttribute("aria-hidden", "true");
  button.after(rest);
  const tick = () => { rest.textContent = `${seconds} s`; if (seconds-- <= 0) { button.remove(); rest.remove(); clearInterval(timer); } };
  const timer = setInterval(tick, 1000);
  tick();
}

// ------------------------------------------------------------------ reasons

function listenToReasons(form) {
  let timer, asked = 0;
  const preview = form.querySelector(".preview");
  const show = async () => {
    const mine = asked += 1;
    const body = new FormData(form);
    if (!form.isConnected) return;
    if (!body.has("reason")) { preview.hidden = true; return; }
    // Posted: in an address, what is typed here would stand in the web server's log.
    const answer = await fetch(desk.dataset.sentences, { method: "POST", body }).catch(() => null);
    if (mine !== asked) return; // an older question, answered late
    if (!answer?.ok) { timer = setTimeout(show, 1000); return; } // busy or away for a moment
    const { lines } = await answer.json(), shown = lines.filter((line) => line.theirs);
    preview.replaceChildren(...(shown.length ? [Object.assign(document.createElement("small"), { textContent: "The entrant will read" })] : []), ...shown.map((line) => {
      const text = document.createElement("p");
      text.textContent = line.theirs;
      if (line.theirs !== line.ours) text.append(Object.assign(document.createElement("small"), { textContent: line.ours }));
      return text;
    }));
    preview.hidden = !shown.length;
  };
  form.addEventListener("input", () => { form.querySelector(".trouble").hidden = true; clearTimeout(timer); timer = setTimeout(show, PREVIEW_MS); });
}

function listenToEnter(form) {
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
  });
}

function choose(reasons, event) {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  if (digit === undefined) return false;
  const box = reasons.querySelector(`[data-digit="${event.shiftKey ? "⇧" : ""}${digit}"]`);
  if (!box) return false;
  box.click();
  box.focus({ preventScroll: true });
  box.closest("li").scrollIntoView({ block: "nearest" });
  const field = box.closest("li").querySelector(".both :is(input,textarea)");
  if (box.checked) field?.focus();
  return true;
}

function openReasons(reasons) {
  for (const other of desk.querySelectorAll(".reasons[open]")) if (other !== reasons) other.open = false;
  reasons.open = true;
  reasons.querySelector("input[type=checkbox],textarea").focus({ preventScroll: true });
}

// ------------------------------------------------------------------ keys

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const open = desk.querySelector(".reasons[open]");
  if (open && event.key === "Escape") { open.open = false; open.querySelector("summary").focus(); event.preventDefault(); return; }
  if (event.target.matches("input:not([type=checkbox]),textarea,select")) return;
  if (open && choose(open, event)) { event.preventDefault(); return; }
  if (act(event, open)) event.preventDefault();
});

function act(event, open) {
  const key = event.key.toLowerCase();
  const tool = { t: "turn", c: "contrast", "+": "in", "=": "in", "-": "out", 0: "fit" }[key];
  if (viewer && tool) { viewer.use(tool); return true; }
  if (viewer && !open && (key === "arrowright" || key === "arrowleft")) { viewer.step(key === "arrowright" ? 1 : -1); return true; }
  if (viewer && !open && /^[1-9]$/.test(key)) { viewer.show(Number(key) - 1); return true; }
  const target = document.querySelector(`#desk [data-key="${CSS.escape(key)}"]`) || said.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target || event.shiftKey || event.repeat) return false;
  if (target.matches("summary")) openReasons(target.parentElement); else target.click();
  return true;
}

document.addEventListener("click", (event) => {
  const summary = event.target.closest("#desk .reasons summary");
  if (summary) { event.preventDefault(); openReasons(summary.parentElement); }
});

// ------------------------------------------------------------------ what changes by itself

async function lookForPhotos() {
  if (document.hidden) return;
  const before = desk, element = await part(`${desk.dataset.url}?part=1`).catch(() => null);
  if (!element || desk !== before) return;
  const missing = (stage) => stage.querySelectorAll("[data-missing]").length;
  if (missing(element) < missing(desk)) renewStage(element);
}

function renewStage(element) {
  const stage = element.querySelector(".stage"), before = viewer, giveBack = keyboardsPlace();
  desk.querySelector(".stage").replaceWith(stage);
  viewer = new Viewer(stage);
  viewer.goOnFrom(before);
  // With its photo an entry may be approved without more; not under the hands of who writes why.
  const approve = desk.querySelector("[data-approve]"), now = element.querySelector("[data-approve]");
  const gaps = (one) => one.querySelector("[name=despite]")?.value ?? "";
  if (approve && now && !approve.open && gaps(approve) !== gaps(now)) { approve.replaceWith(now); listen(now); }
  giveBack();
  if (!stage.querySelector("[data-missing]")) { timers.forEach(clearInterval); timers = []; }
}

// Where the keyboard is among what is replaced, to be given back to what stands there then.
function keyboardsPlace() {
  const active = document.activeElement;
  const within = [".stage", "[data-approve]"].find((part) => desk.querySelector(part)?.contains(active));
  if (!within) return () => {};
  const focusable = () => [...desk.querySelectorAll(`${within} :is(a,button,summary,textarea)`)];
  const { tool, shot } = active.dataset, place = focusable().indexOf(active);
  const same = tool ? `[data-tool="${tool}"]` : shot && `[data-shot="${shot}"]`;
  return () => {
    if (document.activeElement !== document.body) return;
    ((same ? desk.querySelector(same) : focusable()[place]) || desk.querySelector("[data-tool]"))?.focus({ preventScroll: true });
  };
}

// Links to pictures end after minutes; who comes back from lunch gets new ones.
async function renewLinks() {
  const before = desk, element = await part(`${desk.dataset.url}?part=1`).catch(() => null);
  if (element && desk === before) renewStage(element);
}

async function lookForWork() {
  if (document.hidden) return;
  const before = desk, element = await part(`${desk.dataset.next}?part=1`).catch(() => null);
  if (element?.dataset.id && desk === before) swap(element);
}

addEventListener("popstate", () => location.reload());
// Leaving without a verdict lets go of this one and of the one that was kept ready.
addEventListener("pagehide", () => {
  if (!("canDecide" in desk.dataset) || desk.dataset.sent) return;
  const token = desk.querySelector("[name=csrfmiddlewaretoken]").value;
  const leave = (address) => navigator.sendBeacon(address, new URLSearchParams({ csrfmiddlewaretoken: token }));
  leave(desk.dataset.leave);
  if (readied) leave(readied);
});

enter(document.getElementById("desk"));
for (const form of said.querySelectorAll("form")) countDown(form);
