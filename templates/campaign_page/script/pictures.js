// Files before they are sent: what one really is, its hash, a copy that stays as it is.

import { settings, sleep } from "./ground.js";

const HASHED_MS = 5_000; // for what takes a slow phone half a second

// The whole file as it is now, or null where it can't be read: a phone may change or remove a file that was chosen.
export const copyOf = (file) => file.arrayBuffer().then((content) => new Blob([content], { type: file.type }), () => null);

// By its first bytes, as ingest_lambda/contract/photos.py: a name or the phone's word for it may be wrong.
export async function typeOf(file) {
  const bytes = new Uint8Array(await file.slice(0, 1024).arrayBuffer());
  const head = String.fromCharCode(...bytes);
  if (head.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (head.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (head.startsWith("RIFF") && head.slice(8, 12) === "WEBP") return "image/webp";
  if (head.slice(4, 8) !== "ftyp") return head.includes("%PDF-") ? "application/pdf" : "";
  const brands = [head.slice(8, 12)];
  const end = Math.min(new DataView(bytes.buffer).getUint32(0), head.length);
  for (let at = 16; at + 4 <= end; at += 4) brands.push(head.slice(at, at + 4));
  return Object.keys(settings.brands).find((type) => brands.some((brand) => settings.brands[type].includes(brand))) || "";
}

export async function digest(file) {
  const content = await file.arrayBuffer();
  let counted;
  try { counted = await Promise.race([crypto.subtle.digest("SHA-256", content), sleep(HASHED_MS)]); } catch { /* no secure origin, or one that is broken */ }
  if (!counted) return (await import("./sha256.js")).sha256(new Uint8Array(content));
  return [...new Uint8Array(counted)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
