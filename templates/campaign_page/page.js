// The campaign page: upload while the form is filled in, send once, survive a reload, tell what happened.
// No framework, no build step. The words are at the end; the server's contract is version 1.

const settings = JSON.parse(document.body.dataset.settings);
const view = document.body.dataset.view;
const $ = (id) => document.getElementById(id);
const form = $("form"), done = $("done"), notice = $("notice"), line = $("line"), summary = $("summary");
const button = form.querySelector(".send"), sendLabel = button.textContent;
let storeKey = `campaign:${settings.slug}:${view}`;
const slow = () => navigator.connection && (navigator.connection.downlink < 1.5 || navigator.connection.saveData);
const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));
let t = () => "";

// ------------------------------------------------------------------ what survives a reload

const state = { answers: {}, consents: {}, photos: [], session: null, sent: null };
const load = () => { try { Object.assign(state, JSON.parse(localStorage.getItem(storeKey) || "{}")); } catch { /* a private window keeps nothing */ } };
const save = () => {
  const photos = state.photos.filter((p) => p.done).map(({ file, url, request, ...kept }) => kept);
  try { localStorage.setItem(storeKey, JSON.stringify({ ...state, photos })); } catch { /* full or private */ }
};

// ------------------------------------------------------------------ talking to the server

class Refused extends Error {
  constructor(status, problem) { super(problem.code || String(status)); this.status = status; this.problem = problem; }
}

async function call(method, path, body, token) {
  for (let attempt = 0; ; attempt += 1) {
    let response = null;
    try {
      response = await fetch(settings.api + path, {
        method, body: body && JSON.stringify(body), cache: "no-store",
        signal: AbortSignal.timeout(15_000), headers: { ...(body && { "Content-Type": "application/json" }), ...(token && { Authorization: `Bearer ${token}` }) },
      });
    } catch { /* the line dropped: wait below */ }
    if (response && response.status < 500 && response.status !== 429) {
      const answer = await response.json().catch(() => ({}));
      if (response.ok) { line.textContent = ""; return answer; }
      throw new Refused(response.status, answer);
    }
    const asked = response && Number(response.headers.get("Retry-After"));
    const seconds = asked || Math.min(30, 2 ** attempt) * (0.5 + Math.random());
    line.textContent = response ? t("busy", Math.ceil(seconds)) : t("offline");
    await Promise.race([sleep(seconds * 1000), new Promise((wake) => addEventListener("online", wake, { once: true }))]);
  }
}

// ------------------------------------------------------------------ photos

const wanted = (p) => ({ field: p.field, receipt: p.receipt, part: p.part, content_type: p.type, size: p.size, processed: p.processed, ...(p.sha256 && { sha256: p.sha256 }) });
let starting = Promise.resolve();

// One start at a time: each answer's token names exactly the photos that were asked for.
function start() {
  starting = starting.catch(() => {}).then(async () => {
    const photos = state.photos.filter((p) => !p.failed);
    const answer = await call("POST", "/start", {
      release: settings.release, route: settings.route, locale: settings.locale,
      source: new URLSearchParams(location.search).get("utm_source") || undefined,
      uploads: photos.map(wanted), ...(state.session && state.session.token && { token: state.session.token }),
    });
    state.session = { id: answer.submission_id, reference: answer.reference, token: answer.token, expires: answer.expires_at, attempt: answer.attempt, names: photos.length };
    save();
    return answer;
  });
  return starting;
}

async function digest(file) {
  if (!crypto.subtle) return null;
  const bytes = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, "0")).join("");
}

// From a slow line a smaller copy, never under 3,000 px: small print on a receipt must stay readable.
async function smaller(file) {
  if (!slow() || file.size < 1_500_000 || !file.type.startsWith("image/")) return null;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, 3000 / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale); canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const copy = await new Promise((take) => canvas.toBlob(take, "image/jpeg", 0.85));
    return copy && copy.size < file.size ? copy : null;
  } catch { return null; }
}

const types = { jpg: "image/jpeg", jpeg: "image/jpeg", png: "image/png", webp: "image/webp", heic: "image/heic", heif: "image/heif", pdf: "application/pdf" };
const typeOf = (file) => (Object.values(types).includes(file.type) ? file.type : types[file.name.split(".").pop().toLowerCase()]);

async function choose(box, file, replaced) {
  const type = typeOf(file);
  const complaint = !type || !file.size ? t("not_photo") : file.size > 15_000_000 ? t("too_large") : "";
  complain(box, complaint);
  if (complaint) return;
  const parts = state.photos.map((p) => p.part); // numbered over all fields: a place in the store has no field in its name
  const photo = { field: box.dataset.photos, receipt: 1, part: Math.max(0, ...parts) + 1, name: file.name, type, size: file.size, processed: false, progress: 0, file, url: URL.createObjectURL(file) };
  if (replaced) drop(replaced);
  state.photos.push(photo);
  draw();
  const copy = await smaller(file);
  if (copy) Object.assign(photo, { file: copy, size: copy.size, type: copy.type, processed: true });
  photo.sha256 = await digest(photo.file);
  if (state.photos.some((p) => p !== photo && p.sha256 && p.sha256 === photo.sha256)) { drop(photo); complain(box, t("same_photo")); draw(); return; }
  await upload(photo);
}

async function upload(photo) {
  for (let attempt = 0; attempt < 6; attempt += 1) {
    try {
      const answer = await start();
      const slot = answer.uploads.find((u) => u.field === photo.field && u.receipt === photo.receipt && u.part === photo.part);
      if (!slot) return; // removed meanwhile
      const status = await post(slot, photo);
      if (status === 201) { photo.done = true; save(); draw(); return; }
    } catch (error) {
      if (error instanceof Refused) { photo.failed = true; draw(); refuse(error); return; }
    }
    line.textContent = t("offline");
    await sleep(Math.min(30, 2 ** attempt) * 1000 * (0.5 + Math.random()));
  }
  photo.failed = true; draw();
}

function post(slot, photo) {
  return new Promise((settle) => {
    const data = new FormData(), request = new XMLHttpRequest();
    for (const [name, value] of Object.entries(slot.fields)) data.append(name, value);
    data.append("file", photo.file);
    request.upload.onprogress = (e) => { photo.progress = e.loaded / e.total; const bar = document.querySelector(`[data-bar="${photo.field}-${photo.part}"]`); if (bar) bar.value = photo.progress; };
    request.onload = () => settle(request.status);
    request.onerror = request.ontimeout = request.onabort = () => settle(0);
    request.timeout = 600_000;
    request.open("POST", slot.url); request.send(data);
    photo.request = request;
  });
}

function drop(photo) {
  if (photo.request) photo.request.abort();
  if (state.session) state.session.stale = true; // its token still names this photo: a start before sending corrects it
  state.photos = state.photos.filter((p) => p !== photo);
  save();
}

function draw() {
  for (const box of form.querySelectorAll("[data-photos]")) {
    const mine = state.photos.filter((p) => p.field === box.dataset.photos);
    const most = Number(box.dataset.parts) * Number(box.dataset.receipts);
    box.querySelector(".cards").replaceChildren(...mine.map((p) => card(box, p)));
    box.querySelector(".drop").hidden = mine.length >= most;
    box.querySelector(".drop span").textContent = mine.length ? t("another") : t("take");
  }
}

function card(box, photo) {
  const item = document.createElement("li"); item.className = "card";
  let picture;
  if (photo.url && /jpeg|png|webp/.test(photo.type)) { picture = new Image(); picture.src = photo.url; picture.alt = ""; } else { picture = document.createElement("span"); picture.className = "sheet-icon"; picture.textContent = photo.type.split("/")[1].toUpperCase(); }
  const middle = document.createElement("div"), words = document.createElement("p");
  words.textContent = `${photo.name} · ${(photo.size / 1e6).toFixed(1)} MB · ${photo.failed ? t("failed") : photo.done ? t("uploaded") : t("uploading")}`;
  middle.append(words);
  if (!photo.done && !photo.failed) { const bar = document.createElement("progress"); bar.max = 1; bar.value = photo.progress || 0; bar.dataset.bar = `${photo.field}-${photo.part}`; bar.setAttribute("aria-label", photo.name); middle.append(bar); }
  const remove = document.createElement("button"); remove.type = "button"; remove.textContent = t("remove");
  remove.setAttribute("aria-label", `${t("remove")}: ${photo.name}`);
  remove.onclick = () => { drop(photo); draw(); box.querySelector("input").focus(); };
  item.append(picture, middle, remove);
  return item;
}

// ------------------------------------------------------------------ answers and their errors

function complain(box, words) {
  const error = box.querySelector(".error"), input = box.querySelector("input,select,textarea");
  error.textContent = words; box.classList.toggle("wrong", Boolean(words));
  if (input) input.toggleAttribute("aria-invalid", Boolean(words)); if (input && words) input.setAttribute("aria-invalid", "true");
}

function read(box) {
  const inputs = [...box.querySelectorAll("input,select,textarea")];
  if (box.dataset.kind === "choices") return inputs.filter((i) => i.checked).map((i) => i.value);
  if (box.dataset.kind === "choice" && inputs[0].type === "radio") return (inputs.find((i) => i.checked) || {}).value || "";
  return (inputs[0] || box).value.trim();
}

function judge(box) {
  const value = read(box), empty = value === "" || value.length === 0;
  if (empty) return "required" in box.dataset ? t("missing", box.dataset.label) : "";
  if (box.dataset.kind === "email" && !/^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(value)) return t("bad_email");
  return "";
}

function check() {
  const wrong = [];
  const note = (box, words) => { complain(box, words); if (words) wrong.push([box, words]); };
  for (const box of form.querySelectorAll("[data-photos]")) {
    const mine = state.photos.filter((p) => p.field === box.dataset.photos && !p.failed);
    note(box, !mine.length && "required" in box.dataset ? t("no_photo") : "");
  }
  for (const box of form.querySelectorAll("[data-answer]:not([type=hidden])")) note(box, judge(box));
  for (const box of form.querySelectorAll("[data-consent]")) note(box, "required" in box.dataset && !box.querySelector("input").checked ? t("agree") : "");
  summary.hidden = !wrong.length;
  summary.querySelector("ul").replaceChildren(...wrong.map(([box, words]) => {
    const item = document.createElement("li"), link = document.createElement("a"), input = box.querySelector("input,select,textarea");
    link.href = `#${input.id}`; link.textContent = words; link.onclick = (e) => { e.preventDefault(); input.focus(); };
    item.append(link); return item;
  }));
  if (wrong.length) summary.focus();
  return !wrong.length;
}

const domains = ["gmail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com", "live.com", "hotmail.co.uk", "yahoo.co.uk", "gmx.com", "proton.me"];
const near = (a, b) => { // one edit apart, or two neighbours swapped
  if (Math.abs(a.length - b.length) > 1 || a === b) return false;
  let i = 0; while (a[i] === b[i] && i < a.length) i += 1;
  return a.slice(i + 1) === b.slice(i) || a.slice(i) === b.slice(i + 1) || a.slice(i + 1) === b.slice(i + 1) || (a[i] === b[i + 1] && a[i + 1] === b[i] && a.slice(i + 2) === b.slice(i + 2));
};

function proposeDomain(box) {
  const input = box.querySelector("input"), help = box.querySelector(".help"), [local, domain] = input.value.trim().toLowerCase().split("@");
  const better = domain && domains.find((d) => near(domain, d));
  help.textContent = "";
  if (!better || domains.includes(domain)) return;
  const offer = document.createElement("button"); offer.type = "button"; offer.className = "suggest"; offer.textContent = t("did_you_mean", `${local}@${better}`);
  offer.onclick = () => { input.value = `${local}@${better}`; help.textContent = ""; keep(); input.focus(); };
  help.append(offer);
}

function keep() {
  for (const box of form.querySelectorAll("[data-answer]")) state.answers[box.dataset.answer] = read(box);
  for (const box of form.querySelectorAll("[data-consent]")) state.consents[box.dataset.consent] = box.querySelector("input").checked;
  save();
}

function restore() {
  for (const box of form.querySelectorAll("[data-answer]")) {
    const value = state.answers[box.dataset.answer]; if (value === undefined) continue;
    const inputs = box.matches("input") ? [box] : [...box.querySelectorAll("input,select,textarea")];
    for (const input of inputs) if (input.type === "radio" || input.type === "checkbox") input.checked = [].concat(value).includes(input.value); else input.value = value;
  }
  for (const box of form.querySelectorAll("[data-consent]")) box.querySelector("input").checked = Boolean(state.consents[box.dataset.consent]);
}

// ------------------------------------------------------------------ sending and what comes after

async function send(event) {
  event.preventDefault();
  if (button.disabled || !check()) return;
  keep(); button.disabled = true; button.textContent = t("sending");
  try {
    while (state.photos.some((p) => !p.done && !p.failed)) await sleep(200);
    if (state.photos.some((p) => p.failed)) { tell(t("photo_failed")); return; }
    await starting.catch(() => {});
    if (state.session && Date.parse(state.session.expires) < Date.now()) { forget(); if (state.photos.length) { tell(t("token_expired")); return; } }
    if (!state.session || state.session.stale || state.session.names !== state.photos.length) await start();
    const answers = {};
    for (const [name, value] of Object.entries(state.answers)) if (value !== "" && value.length !== 0) answers[name] = value;
    const body = view === "status" ? { answers: {}, consents: {} } : { answers, consents: state.consents };
    await call("POST", "/submissions", { submission_id: state.session.id, token: state.session.token, ...body });
    state.sent = { ...state.session, email: view === "form" ? Object.values(answers).find((v) => typeof v === "string" && v.includes("@")) : "" };
    state.session = null; state.photos = []; state.answers = {}; state.consents = {}; save();
    await follow(state.sent);
  } catch (error) { if (error instanceof Refused) refuse(error); else throw error; } finally { button.disabled = false; button.textContent = sendLabel; }
}

function refuse(error) {
  const code = error.problem.code;
  if (code === "release_changed") { keep(); tell(t("changed")); return; }
  if (code === "token_expired" || code === "bad_token") forget();
  tell(t(code) || error.problem.detail || t("broken"));
}

// A new session gives every photo a new place in the store, so what was uploaded has to come again.
function forget() {
  const files = state.photos.filter((p) => p.file);
  state.session = null; state.photos = files.map((p) => ({ ...p, done: false, failed: false, progress: 0 })); save(); draw();
  for (const photo of state.photos) upload(photo);
}

function tell(words) { notice.textContent = words; notice.hidden = false; notice.scrollIntoView({ block: "nearest" }); }

async function follow(sent) {
  form.hidden = true;
  show({ status: "queued", reference: sent.reference, reasons: [], actions: [] }, sent);
  done.focus();
  const until = Date.now() + 120_000;
  for (let last = ""; Date.now() < until;) {
    let answer;
    try { answer = await call("GET", `/submissions/${sent.id}`, null, sent.token); } catch (error) { if (error instanceof Refused) { refuse(error); return; } throw error; }
    if (JSON.stringify(answer) !== last) show(answer, sent);
    last = JSON.stringify(answer);
    if (!answer.poll_after_seconds) return;
    await sleep(answer.poll_after_seconds * 1000 * (0.9 + Math.random() * 0.2));
  }
}

const region = { en: "en-GB", es: "es-ES" }[settings.locale] || settings.locale;
const day = (text, shift = 0) => new Intl.DateTimeFormat(region, { dateStyle: "full", timeZone: settings.timezone }).format(new Date(Date.parse(text) - shift));

function show(answer, sent) {
  const add = (tag, words, parent = done) => { const e = document.createElement(tag); e.textContent = words; parent.append(e); return e; };
  done.hidden = false; done.replaceChildren();
  done.dataset.status = answer.status;
  add("h2", t(`is_${answer.status}`));
  const box = add("div", ""); box.className = "reference";
  const words = add("span", t("reference"), box); const code = add("strong", answer.reference, box); words.append(" "); code.id = "reference";
  if (navigator.clipboard) { const copy = add("button", t("copy"), box); copy.type = "button"; copy.className = "quiet-button"; copy.onclick = () => navigator.clipboard.writeText(answer.reference).then(() => { copy.textContent = t("copied"); }); }
  if (answer.reasons && answer.reasons.length) { const list = add("ul", ""); list.className = "reasons"; for (const r of answer.reasons) add("li", r.message, list); }
  if (answer.decide_by) add("p", t("decide_by", day(answer.decide_by, 1)));
  if (["queued", "received", "pending_review"].includes(answer.status) && sent.email) add("p", t("mail_to", sent.email));
  if (answer.may_enter_again_at) add("p", t("again", day(answer.may_enter_again_at)));
  const asked = (answer.actions || []).find((a) => a.kind === "resubmit");
  if (asked && view === "status") { if (asked.until) add("p", t("send_by", day(asked.until))); form.hidden = sent.purpose !== "resubmit"; }
  const final = ["approved", "rejected", "invalid", "withdrawn"].includes(answer.status);
  if (view === "form" && final) { const more = add("button", t("enter_again")); more.type = "button"; more.className = "quiet-button"; more.onclick = () => { localStorage.removeItem(storeKey); location.reload(); }; }
}

// ------------------------------------------------------------------ opening the page

async function open() {
  t = wordsFor(settings.locale);
  if ("preview" in document.body.dataset) { form.addEventListener("submit", (e) => e.preventDefault()); button.disabled = true; form.hidden = false; draw(); return; }
  load(); restore();
  form.addEventListener("submit", send);
  // Errors go and proposals come while typing, never when a field is left: what moves then
  // would move Send away from under the finger that has just pressed it.
  let typing = 0;
  form.addEventListener("input", (e) => {
    keep();
    if (!state.session && view === "form") { state.session = { names: -1 }; start().catch(() => { state.session = null; }); }
    const box = e.target.closest("[data-answer],[data-consent]");
    if (!box) return;
    if (box.classList.contains("wrong")) complain(box, box.dataset.answer ? judge(box) : "");
    if (box.dataset.kind === "email") { clearTimeout(typing); box.querySelector(".help").textContent = ""; typing = setTimeout(proposeDomain, 500, box); }
  });
  for (const box of form.querySelectorAll("[data-photos]")) box.querySelector("input[type=file]").addEventListener("change", (e) => { const [file] = e.target.files; e.target.value = ""; if (file) choose(box, file); });
  for (const field of form.querySelectorAll("[data-kind=hidden]")) field.value = new URLSearchParams(location.search).get(field.name) || field.value;
  draw();
  if (view === "status") return openStatus();
  if (state.sent) return follow(state.sent);
  const response = await fetch(`${document.body.dataset.root}state.json`, { cache: "no-cache" }).catch(() => null);
  const now = response ? Date.parse(response.headers.get("Date")) || Date.now() : Date.now();
  const live = response && response.ok ? await response.json() : { state: "live", opens_at: new Date(0), closes_at: new Date(8e15), release: settings.release };
  if (now >= Date.parse(live.closes_at) || ["closed", "archived"].includes(live.state)) return tell(t("closed"));
  if (live.state === "paused") return tell(t("paused"));
  if (now < Date.parse(live.opens_at)) return tell(t("opens", day(live.opens_at)));
  if (live.release > settings.release) tell(t("changed"));
  form.hidden = false;
}

async function openStatus() {
  const token = location.hash.slice(1);
  try {
    const text = atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"));
    const claims = JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (c) => c.charCodeAt(0))));
    const sent = { id: claims.submission_id, token, reference: "", purpose: claims.purpose, email: "" };
    storeKey += `:${claims.submission_id}:${claims.attempt || 1}`;
    Object.assign(state, { photos: [], session: null, sent: null }); load(); draw();
    if (claims.purpose === "resubmit" && !state.session && !state.sent) state.session = { id: sent.id, token, expires: claims.expires_at, names: 0 };
    if (state.sent) return follow(state.sent);
    const answer = await call("GET", `/submissions/${sent.id}`, null, token);
    sent.reference = answer.reference;
    show(answer, sent);
    if (answer.poll_after_seconds) await follow(sent);
  } catch (error) { if (error instanceof Refused) refuse(error); else tell(t("bad_link")); }
}

// ------------------------------------------------------------------ words

const WORDS = {
  en: {
    take: "Take or choose a photo", another: "Add another photo of the same receipt", uploading: "on its way", uploaded: "with us", failed: "didn't reach us", remove: "Remove",
    not_photo: "This file isn't a photo we can read. Please choose a JPG, PNG, HEIC or PDF.", too_large: "This photo is over 15 MB. Please choose a smaller one.", same_photo: "You've added this photo already.",
    no_photo: "Please add a photo of your receipt.", photo_failed: "A photo didn't reach us. Please remove it and add it again, then send.", missing: (l) => `Please fill in “${l}”.`, bad_email: "Please write your e-mail like name@example.com.", agree: "Please agree to this to take part.", did_you_mean: (a) => `Did you mean ${a}?`,
    sending: "Sending…", offline: "No connection. Your photo and answers are kept. We go on by ourselves.", busy: (s) => `Lots of people are entering right now. Your answers are kept; we try again in ${s} seconds.`,
    changed: "The promotion has changed since you opened this page. Your answers are kept: please load the page again.", closed: "This promotion has closed. Thank you to everyone who took part.", not_open: "This promotion isn't taking entries now.", paused: "This promotion is taking a short break. Please come back later.", opens: (d) => `This promotion opens on ${d}.`,
    link_used: "This link has been used already. Your new photo is with us.", upload_refused: "This photo can't be taken. Please choose a JPG, PNG, HEIC or PDF of at most 15 MB.", token_expired: "This took longer than a day. Your answers are kept: please add your photo again.", bad_token: "Please add your photo again and send once more.", unknown_campaign: "There is no promotion at this address.", broken: "Something went wrong with us. Please try again.", bad_link: "This link isn't complete. Please open it from the mail once more.",
    is_queued: "We have your entry.", is_received: "We have your entry.", is_pending_review: "We have your entry.", is_approved: "Your entry counts.", is_rejected: "Your entry couldn't be accepted.", is_invalid: "This entry doesn't count.", is_needs_resubmission: "One more photo, please.", is_revoked: "Your entry no longer counts.", is_withdrawn: "You've withdrawn this entry.",
    reference: "Your reference", copy: "Copy", copied: "Copied", decide_by: (d) => `We look at it by ${d} and tell you by e-mail.`, mail_to: (a) => `The answer goes to ${a}.`, again: (d) => `You can enter again from ${d}.`, send_by: (d) => `Please send it by ${d}.`, enter_again: "Send another entry",
  },
  es: {
    take: "Haz o elige una foto", another: "Añadir otra foto del mismo recibo", uploading: "en camino", uploaded: "recibida", failed: "no nos ha llegado", remove: "Quitar",
    not_photo: "No podemos leer este archivo como foto. Elige un JPG, PNG, HEIC o PDF.", too_large: "Esta foto pasa de 15 MB. Elige una más pequeña.", same_photo: "Ya has añadido esta foto.",
    no_photo: "Añade una foto de tu recibo.", photo_failed: "Una foto no nos ha llegado. Quítala, añádela otra vez y envía.", missing: (l) => `Rellena «${l}».`, bad_email: "Escribe tu correo así: nombre@ejemplo.com.", agree: "Acéptalo para poder participar.", did_you_mean: (a) => `¿Querías decir ${a}?`,
    sending: "Enviando…", offline: "Sin conexión. Guardamos tu foto y tus respuestas y seguimos solos.", busy: (s) => `Hay mucha gente participando. Guardamos tus respuestas; lo intentamos otra vez en ${s} segundos.`,
    changed: "La promoción ha cambiado desde que abriste la página. Guardamos tus respuestas: vuelve a cargarla.", closed: "La promoción ha terminado. Gracias a todos.", not_open: "La promoción no acepta participaciones ahora.", paused: "La promoción hace una pausa. Vuelve más tarde.", opens: (d) => `La promoción empieza el ${d}.`,
    link_used: "Este enlace ya se ha usado. Tenemos tu foto nueva.", upload_refused: "No podemos aceptar esta foto. Elige un JPG, PNG, HEIC o PDF de hasta 15 MB.", token_expired: "Ha pasado más de un día. Guardamos tus respuestas: añade la foto otra vez.", bad_token: "Añade la foto otra vez y envía de nuevo.", unknown_campaign: "No hay ninguna promoción en esta dirección.", broken: "Ha fallado algo por nuestra parte. Inténtalo otra vez.", bad_link: "El enlace no está completo. Ábrelo otra vez desde el correo.",
    is_queued: "Tenemos tu participación.", is_received: "Tenemos tu participación.", is_pending_review: "Tenemos tu participación.", is_approved: "Tu participación cuenta.", is_rejected: "No hemos podido aceptar tu participación.", is_invalid: "Esta participación no cuenta.", is_needs_resubmission: "Otra foto, por favor.", is_revoked: "Tu participación ya no cuenta.", is_withdrawn: "Has retirado esta participación.",
    reference: "Tu referencia", copy: "Copiar", copied: "Copiada", decide_by: (d) => `La miramos antes del ${d} y te avisamos por correo.`, mail_to: (a) => `La respuesta va a ${a}.`, again: (d) => `Puedes participar otra vez desde el ${d}.`, send_by: (d) => `Envíala antes del ${d}.`, enter_again: "Enviar otra participación",
  },
};
const wordsFor = (locale) => (key, ...values) => { const found = (WORDS[locale] || WORDS.en)[key]; return typeof found === "function" ? found(...values) : found || ""; };

open();
