// What survives a reload: answers in localStorage, chosen files in IndexedDB until they are safe with us.
// A weak phone reloads the page after the camera. A private window keeps nothing, and the page works on.

import { preview, settings, view } from "./ground.js";

const blank = () => ({ answers: {}, consents: {}, photos: [], session: null, sent: null, route: null });
export const state = blank();
let place = `campaign:${settings.slug}:${view}`;
const sentPlace = `campaign:${settings.slug}:sent-photos`;

const read = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
const write = (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full or private */ } };

export function load(suffix = "") {
  place += suffix;
  Object.assign(state, blank(), preview ? {} : read(place));
}

export function save() {
  if (preview) return;
  write(place, { ...state, photos: state.photos.map(({ file, url, request, progress, ...kept }) => kept) });
}

export function forgetEverything() {
  Object.assign(state, blank());
  try { localStorage.removeItem(place); } catch { /* a private window keeps nothing */ }
  forgetFiles();
}

// The hashes of photos that were sent from here, to know one before it is uploaded again.
export const sentBefore = (hash) => (read(sentPlace) || []).find((sent) => hash && sent.hash === hash);
export const rememberSent = (photos, reference) => write(sentPlace,
  [...(read(sentPlace) || []), ...photos.map((photo) => ({ hash: photo.hash, reference }))].slice(-200));
export const forgetSent = (reference) => write(sentPlace, (read(sentPlace) || []).filter((sent) => sent.reference !== reference));

const database = new Promise((ready) => {
  if (preview) { ready(null); return; }
  try {
    const asked = indexedDB.open("campaign-photos", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("files");
    asked.onsuccess = () => ready(asked.result);
    asked.onerror = asked.onblocked = () => ready(null);
  } catch { ready(null); }
});

async function inFiles(mode, work) {
  const opened = await database;
  return new Promise((settle) => {
    try {
      const transaction = opened.transaction("files", mode);
      const request = work(transaction.objectStore("files"));
      transaction.oncomplete = () => settle(request.result);
      transaction.onerror = transaction.onabort = () => settle(undefined);
    } catch { settle(undefined); }
  });
}

export const keepFile = (photo) => inFiles("readwrite", (files) => files.put(photo.file, `${place}/${photo.key}`));
export const keptFile = (photo) => inFiles("readonly", (files) => files.get(`${place}/${photo.key}`));
export const dropFile = (photo) => inFiles("readwrite", (files) => files.delete(`${place}/${photo.key}`));
export const forgetFiles = () => inFiles("readwrite", (files) => files.delete(IDBKeyRange.bound(`${place}/`, `${place}/\uffff`)));
