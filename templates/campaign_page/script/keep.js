// What survives a reload: answers in localStorage, chosen files in IndexedDB until they are safe with us.
// A weak phone reloads the page after the camera. A private window keeps nothing, and the page works on.

import { form, preview, settings, sleep, view } from "./ground.js";

const blank = () => ({ answers: {}, consents: {}, photos: [], session: null, since: null, sent: null, route: null });
export const state = blank();
export const drafts = `campaign:${settings.slug}:${view}`;
export const ownTab = `${drafts}:tab`;
let place = drafts;
const sentPlace = `campaign:${settings.slug}:sent-photos`;

// A field may be called as what every object has, such as "constructor".
export const own = (map, name) => (Object.prototype.hasOwnProperty.call(map, name) ? map[name] : undefined);
export const read = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
export const write = (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full or private */ } };
export const noted = (key, value) => { try { return value ? sessionStorage.setItem(key, value) : sessionStorage.getItem(key); } catch { return null; } };

// Each tab has a draft of its own. sessionStorage outlives a reload, but is copied into a tab that is
// duplicated: a lock says which of the two it belongs to. One that is reloaded lets go of it a moment late.
const hold = (name) => new Promise((settle) => {
  if (!navigator.locks) { settle(true); return; }
  const late = new AbortController();
  setTimeout(() => { settle(false); late.abort(); }, 700);
  try {
    navigator.locks.request(name, { signal: late.signal }, () => { settle(true); return new Promise(() => {}); }).catch(() => settle(true));
  } catch { settle(true); }
});

async function placeOfTab() {
  const mine = noted(ownTab);
  if (mine && await hold(mine)) return mine;
  const other = `${drafts}:${Math.random().toString(36).slice(2)}`;
  noted(ownTab, other);
  await hold(other);
  return other;
}

// A draft as this page writes one, whatever stands there.
const isText = (value) => typeof value === "string";
const isMap = (value) => Boolean(value) && typeof value === "object" && !Array.isArray(value);
const isOfOne = (value) => isMap(value) && isText(value.id) && isText(value.token);
const shapes = { answers: isMap, consents: isMap, photos: Array.isArray, session: isOfOne, since: isText, sent: isOfOne, route: isText };
const fields = [...form.querySelectorAll("[data-photos]")].map((box) => box.dataset.photos);
export function draftAt(key) {
  const kept = read(key) || {};
  const draft = Object.fromEntries(Object.entries(blank()).map(([name, empty]) => [name, shapes[name](kept[name]) ? kept[name] : empty]));
  draft.photos = draft.photos.filter((photo) => photo?.key && photo.type && fields.includes(photo.field));
  return draft;
}

// What belongs to one entry (behind a mail's link) is shared by all tabs.
export async function load(suffix) {
  if (preview) return;
  place = suffix ? drafts + suffix : await placeOfTab();
  Object.assign(state, draftAt(place));
}

export function save() {
  if (preview) return;
  write(place, { ...state, at: Date.now(), photos: state.photos.map(({ file, url, request, progress, waits, ...kept }) => kept) });
}

export function forgetEverything() {
  Object.assign(state, blank());
  try { localStorage.removeItem(place); } catch { /* a private window keeps nothing */ }
  forgetFiles();
}

// The hashes of photos that were sent from here, to know one before it is uploaded again.
const sentPhotos = () => { const sent = read(sentPlace); return Array.isArray(sent) ? sent : []; };
export const sentBefore = (hash) => sentPhotos().find((sent) => hash && sent.hash === hash);
export const rememberSent = (photos, reference) => write(sentPlace,
  [...sentPhotos(), ...photos.map((photo) => ({ hash: photo.hash, reference }))].slice(-200));
export const forgetSent = (reference) => write(sentPlace, sentPhotos().filter((sent) => sent.reference !== reference));

// A database may answer late or never (a browser that was suspended while it opened): nobody waits for it long.
const PATIENCE_MS = 2000;
const database = new Promise((ready) => {
  if (preview) { ready(null); return; }
  setTimeout(ready, PATIENCE_MS, null);
  try {
    const asked = indexedDB.open("campaign-photos", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("files");
    asked.onsuccess = () => ready(asked.result);
    asked.onerror = asked.onblocked = () => ready(null);
  } catch { ready(null); }
});

async function inFiles(mode, work) {
  const opened = await database;
  if (!opened) return undefined;
  const asked = new Promise((settle) => {
    try {
      const transaction = opened.transaction("files", mode);
      const request = work(transaction.objectStore("files"));
      transaction.oncomplete = () => settle(request.result);
      transaction.onerror = transaction.onabort = () => settle(undefined);
    } catch { settle(undefined); }
  });
  return mode === "readonly" ? Promise.race([asked, sleep(PATIENCE_MS)]) : asked;
}

export const keepFile = (photo) => inFiles("readwrite", (files) => files.put(photo.file, `${place}/${photo.key}`));
export const keptFile = (photo) => inFiles("readonly", (files) => files.get(`${place}/${photo.key}`));
export const dropFile = (photo) => inFiles("readwrite", (files) => files.delete(`${place}/${photo.key}`));
export const forgetFiles = (key = place) => inFiles("readwrite", (files) => files.delete(IDBKeyRange.bound(`${key}/`, `${key}/\uffff`)));
