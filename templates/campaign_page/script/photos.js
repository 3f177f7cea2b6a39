// Photos: chosen, looked at, sent at once while the form is filled in, shown as cards.

import { boxOf, complain, sourceOf } from "./answers.js";
import { form, make, photosOnly, preview, put, say, settings, sleep, t } from "./ground.js";
import { dropFile, keepFile, keptFile, save, sentBefore, state } from "./keep.js";
import { copyOf, digest, typeOf } from "./pictures.js";
import { Refused, backOff, slotOf, startSession, waitForLine } from "./server.js";

const LARGEST_BYTES = 15_000_000;
const LARGEST_READ_BYTES = 100_000_000; // what a smaller copy may be made of
const DRAWN_MS = 30_000; // a decoder may hang
const STALLED_MS = 60_000; // so long without a byte sent or an answer, a line is dead
const TRIES = 6;
const boxes = () => [...form.querySelectorAll("[data-photos]")];
const inBox = (box) => state.photos.filter((photo) => photo.field === box.dataset.photos);
const isHere = (photo) => state.photos.includes(photo);
let told = () => {};
export const onRefusal = (tellRefusal) => { told = tellRefusal; };

// ------------------------------------------------------------------ the session that photos belong to

const wanted = ({ field, receipt, part, type, size, processed, sha256 }) => ({ field, receipt, part, content_type: type, size, processed, sha256 });
const named = () => state.photos.filter((photo) => photo.ready);
let starting = Promise.resolve();
let proof = async () => undefined;
export const proveWith = (ask) => { proof = ask; };

// One start at a time: each answer's token names exactly the photos that were asked for.
export function start() {
  starting = starting.catch(() => {}).then(async () => {
    const photos = named();
    const token = state.session?.token;
    const challenge = token ? undefined : await proof();
    const answer = await startSession({
      release: settings.release, route: state.route, locale: settings.locale,
      source: sourceOf(),
      uploads: photos.map(wanted), token, challenge, since: token ? undefined : state.since || undefined,
    });
    if (!state.since) state.since = answer.token;
    state.session = {
      id: answer.submission_id, reference: answer.reference, token: answer.token, attempt: answer.attempt,
      expires: answer.expires_at, names: photos.map((photo) => photo.key).join(),
    };
    save();
    return answer;
  });
  return starting;
}

// Make the token name exactly the photos that are here.
export async function fitSession() {
  await starting.catch(() => {});
  if (!state.session?.token || state.session.names !== named().map((photo) => photo.key).join()) await start();
}

// A new session has a new place for every photo: what was uploaded has to come again.
export async function renewSession() {
  await starting.catch(() => {});
  state.session = null;
  for (const photo of state.photos) Object.assign(photo, { done: false, taken: false, asked: 0 });
  await Promise.all(state.photos.map(resume));
}

async function resume(photo) {
  if (!photo.file) photo.file = await keptFile(photo);
  if (!photo.file) return withdraw(photo, t("photo_gone"));
  if (!photo.url) photo.url = shownFrom(photo.file);
  photo.failed = false;
  return photo.ready ? upload(photo) : prepare(photo);
}

// After a reload: pictures for the cards, and on with what had not arrived.
export async function resumePhotos() {
  await Promise.all(state.photos.map(async (photo) => {
    if (photo.done) photo.file = await keptFile(photo);
    if (photo.file) photo.url = shownFrom(photo.file);
    if (!photo.done) resume(photo);
  }));
  if (state.photos.some((photo) => photo.done)) askWhatBecame();
  draw();
}

// ------------------------------------------------------------------ choosing

// Where a browser has no address for a file, its card stands without a picture.
const shownFrom = (file) => { try { return URL.createObjectURL(file); } catch { return ""; } };

async function choose(box, original, { receipt, replaces } = {}) {
  if (original.size > LARGEST_READ_BYTES) { complain(box, t("too_large")); return; }
  say(t("reading")); // one that lies in a cloud takes its time
  const file = await copyOf(original); // what is sent stays as it is now, whatever becomes of the file
  say("");
  const type = file && await typeOf(file);
  complain(box, type ? "" : t(file ? "not_photo" : "photo_gone"));
  if (!type) return;
  const parts = state.photos.map((photo) => photo.part); // numbered over all fields: a place in the store has no field in its name
  const photo = {
    key: Math.random().toString(36).slice(2), field: box.dataset.photos, receipt: receipt || 1, part: Math.max(0, ...parts) + 1,
    name: original.name, type, size: file.size, file, url: shownFrom(file), processed: false,
  };
  if (replaces) remove(replaces);
  state.photos.push(photo);
  draw();
  save();
  keepFile(photo);
  const measured = measure(photo, file);
  await prepare(photo, measured);
}

// Modules that come when they are needed; a line that is down leaves the form without them.
const measure = (photo, file) => import("./quality.js").then(({ qualityOf }) => qualityOf(file))
  .then((hint) => { if (hint && isHere(photo)) { photo.hint = hint; save(); draw(); } }).catch(() => {});
const smaller = (file) => Promise.race([import("./smaller.js"), sleep(5000)]).then((module) => Promise.race([module?.smallerIfHeavy(file, LARGEST_BYTES), sleep(DRAWN_MS)])).catch(() => null);
const askWhatBecame = () => !preview && import("./arrivals.js").then(({ ask }) => ask(draw)).catch(() => {});

async function prepare(photo, measured) {
  const { file, type } = photo;
  try { photo.hash = await digest(file); } catch (error) {
    if (!(error instanceof TypeError)) return withdraw(photo, t("photo_gone")); // kept, and taken away by the phone
    photo.failed = true; // the module that counts in place of WebCrypto did not come over the line
    return draw();
  }
  const words = known(photo);
  if (words) return withdraw(photo, words);
  const copy = type.startsWith("image/") ? await smaller(file) : null;
  if (copy) Object.assign(photo, { file: copy, size: copy.size, type: copy.type, processed: true });
  if (photo.size > LARGEST_BYTES) return withdraw(photo, t("too_large"));
  photo.sha256 = copy ? await digest(copy) : photo.hash;
  if (!isHere(photo)) return undefined;
  photo.ready = true;
  if (copy) keepFile(photo);
  save();
  await Promise.race([measured, sleep(2000)]); // the hint comes before the upload, unless that would wait for it
  return upload(photo);
}

function known(photo) {
  if (photo.hash && state.photos.some((other) => other !== photo && other.hash === photo.hash)) return t("same_photo");
  const before = sentBefore(photo.hash);
  return before ? t("sent_before", before) : "";
}

function withdraw(photo, words) {
  remove(photo);
  complain(boxOf(photo.field), words);
  draw();
}

function remove(photo) {
  photo.request?.abort();
  state.photos = state.photos.filter((other) => other !== photo);
  dropFile(photo);
  save();
}

// Photos of a way to enter that is not taken any more.
export function dropUnseen() {
  for (const photo of state.photos.filter((one) => boxOf(one.field).hidden)) remove(photo);
  draw();
}

// ------------------------------------------------------------------ uploading

async function upload(photo) {
  photo.failed = false;
  if (preview) photo.done = true;
  draw();
  for (let attempt = 0; attempt < TRIES && isHere(photo) && !photo.done; attempt += 1) {
    let status = 0;
    try {
      const slot = slotOf((await start()).uploads, photo);
      status = slot && isHere(photo) ? await post(slot, photo) : 0;
      photo.done = status === 201;
    } catch (error) {
      attempt = TRIES; // a fault of ours too leaves a photo that can be tried again
      if (error instanceof Refused) told(error); else setTimeout(() => { throw error; });
    }
    if (photo.done || attempt >= TRIES || !isHere(photo)) break;
    if (!status && !await copyOf(photo.file)) { withdraw(photo, t("photo_gone")); break; }
    say(status < 400 ? t(status ? "elsewhere" : "offline") : ""); // refused: a new form is asked for
    if (!navigator.onLine) attempt -= 1; // waiting for the line is no try
    await waited(photo, status < 400, waitForLine(backOff(Math.max(0, attempt))));
  }
  if (!isHere(photo)) return;
  photo.failed = !photo.done;
  if (photo.done) { say(""); askWhatBecame(); }
  save();
  draw();
}

// What is said below Send may be out of sight; the card says it too.
async function waited(photo, forLine, wait) {
  photo.waits = forLine;
  draw();
  await wait;
  photo.waits = false;
  draw();
}

function post(slot, photo) {
  return new Promise((settle) => {
    const data = new FormData();
    const request = new XMLHttpRequest();
    for (const [name, value] of Object.entries(slot.fields)) data.append(name, value);
    data.append("file", photo.file);
    let stalled = 0;
    const wait = () => { clearTimeout(stalled); stalled = setTimeout(() => request.abort(), STALLED_MS); };
    request.upload.onprogress = (event) => { wait(); photo.progress = event.loaded / event.total; turn(photo); };
    request.onload = () => settle(request.status);
    request.onerror = request.onabort = () => settle(0);
    request.onloadend = () => clearTimeout(stalled);
    wait();
    try { request.open("POST", slot.url); } catch { settle(0); return; } // what is no address
    request.send(data);
    photo.request = request;
  });
}

addEventListener("online", () => { for (const photo of state.photos) if (photo.failed) resume(photo); });

export const underWay = () => state.photos.filter((photo) => !photo.done && !photo.failed);
export const progress = () => Math.round(100 * Math.min(...underWay().map((photo) => photo.progress || 0), 1));

// ------------------------------------------------------------------ cards

let later;

export function draw() {
  clearTimeout(later);
  // A button that is replaced while a finger rests on it is never clicked.
  if (form.querySelector(".receipts button:active")) { later = setTimeout(draw, 50); return; }
  for (const box of boxes()) {
    const focused = box.contains(document.activeElement) && document.activeElement.dataset.act;
    const mine = inBox(box);
    const [mostReceipts, mostParts] = [Number(box.dataset.receipts), Number(box.dataset.parts)];
    const receipts = [...new Set(mine.map((photo) => photo.receipt))].sort((a, b) => a - b);
    const free = [...Array(mostReceipts).keys()].map((n) => n + 1).find((n) => !receipts.includes(n));
    const groups = receipts.map((receipt, place) => group(box, receipt, mostReceipts > 1 ? place + 1 : 0, mostParts));
    if (receipts.length && free) groups.push(adder(box, t("another_receipt"), { receipt: free }));
    box.querySelector(".receipts").replaceChildren(...groups);
    box.querySelector(".drop").hidden = mine.length > 0;
    put(box.querySelector(".fate"), fate(mine));
    if (focused) (box.querySelector(`[data-act="${focused}"]`) || box.querySelector("[data-act]") || box.querySelector("input")).focus({ preventScroll: true }); // a reader who scrolled on is not brought back
    if (mine.length && !mine.some((photo) => photo.failed) && box.querySelector(".error").textContent === t("no_receipt")) complain(box, "");
  }
}

const fate = (mine) => {
  if (mine.some((photo) => photo.code)) return t("photo_refused");
  return mine.length && mine.every((photo) => photo.done) ? t("all_uploaded") : mine.some((photo) => photo.failed) ? t("photo_failed") : "";
};

function group(box, receipt, number, most) {
  const mine = inBox(box).filter((photo) => photo.receipt === receipt);
  const again = box.dataset.kind === "receipt_image" ? t("another") : t("another_picture");
  return make("div", { className: "receipt" },
    number && make("p", { className: "receipt-number", textContent: t("receipt_number", { number }) }),
    make("ul", { className: "cards" }, ...mine.map((photo) => card(box, photo))),
    mine.length < most && adder(box, again, { receipt }));
}

function adder(box, words, how) {
  const button = make("button", { type: "button", className: "add", textContent: words });
  button.dataset.act = `add-${how.receipt}`;
  button.onclick = () => ask(box, how);
  return button;
}

const next = new WeakMap(); // what the next file that is chosen in a box is for
function ask(box, how) {
  next.set(box, how);
  box.querySelector("input").click();
}

const sized = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1000))} KB` : `${(bytes / 1e6).toFixed(1)} MB`);

function card(box, photo) {
  const shown = photo.url && /avif|jpeg|png|webp/.test(photo.type);
  const picture = shown ? make("img", { src: photo.url, alt: "" }) : make("span", { className: "kind", textContent: photo.type.split("/")[1].toUpperCase() });
  const arrival = photo.code ? t("not_taken") : photo.failed ? t("failed") : photo.done ? t("uploaded") : t(photo.waits ? "waiting" : "uploading");
  const act = (word, work, name = photo.name) => {
    const button = make("button", { type: "button", className: "link", textContent: t(word) });
    button.setAttribute("aria-label", `${t(word)}: ${name}`);
    button.dataset.act = `${word}-${photo.key}`;
    button.onclick = work;
    return button;
  };
  const replace = () => ask(box, { receipt: photo.receipt, replaces: photo });
  const refusal = photo.code && make("div", { className: "hint" },
    make("p", { textContent: t(photo.code) || t("refused") }),
    act("choose_another", replace));
  const hint = !refusal && photo.hint && make("div", { className: "hint" },
    make("p", { textContent: t(photo.hint) }),
    act("take_again", replace),
    act("send_anyway", () => { photo.hint = ""; save(); draw(); }));
  const item = make("li", { className: `card${photo.failed || photo.code ? " lost" : ""}` },
    make("span", { className: "thumb" }, picture, !photo.done && !photo.failed && ring(photo)),
    make("div", { className: "about" },
      make("p", { className: "name", textContent: photo.name }),
      make("p", { className: "quiet", textContent: `${sized(photo.size)} · ${arrival}` })),
    make("div", { className: "acts" },
      photo.failed && act("try_again", () => resume(photo)),
      !photo.code && act("replace", replace),
      act("remove", () => { remove(photo); complain(box, ""); draw(); })),
    refusal || hint);
  item.dataset.key = photo.key;
  return item;
}

function ring(photo) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 36 36");
  svg.setAttribute("class", "ring");
  svg.setAttribute("role", "progressbar");
  svg.setAttribute("aria-label", photo.name);
  for (const part of ["track", "arc"]) {
    const circle = document.createElementNS(svg.namespaceURI, "circle");
    for (const [name, value] of Object.entries({ class: part, cx: 18, cy: 18, r: 14, pathLength: 100 })) circle.setAttribute(name, value);
    svg.append(circle);
  }
  turnRing(svg, photo.progress || 0);
  return svg;
}

function turnRing(svg, share) {
  svg.setAttribute("aria-valuenow", Math.round(share * 100));
  svg.querySelector(".arc").setAttribute("stroke-dasharray", `${Math.max(2, share * 100)} 100`);
}

function turn(photo) {
  const svg = form.querySelector(`[data-key="${photo.key}"] .ring`);
  if (svg) turnRing(svg, photo.progress);
}

export function watchPhotos() {
  for (const box of boxes()) {
    box.querySelector("input").addEventListener("change", ({ target }) => {
      const [file] = target.files;
      const room = () => inBox(box).filter((photo) => photo.receipt === 1).length < Number(box.dataset.parts);
      const how = next.get(box) || { receipt: 1 };
      next.delete(box);
      if (file && (how.replaces || how.receipt !== 1 || room())) choose(box, file, how).catch((error) => { say(""); complain(box, t("photo_gone")); throw error; });
      target.value = "";
    });
    box.querySelector("input").addEventListener("cancel", () => next.delete(box));
  }
}

export const forgetPhotos = () => { state.photos = []; draw(); };
export const photosToRemember = () => (photosOnly() ? [] : state.photos).filter((photo) => photo.hash);
