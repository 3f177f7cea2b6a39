// Pictures before they are sent: what a file really is, a smaller copy for a slow line.

import { settings } from "./ground.js";

// By its first bytes, as ingest_lambda/contract/photos.py: a name or the phone's word for it may be wrong.
export async function typeOf(file) {
  const bytes = new Uint8Array(await file.slice(0, 1024).arrayBuffer().catch(() => new ArrayBuffer(0)));
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
  if (!crypto.subtle) return (await import("./sha256.js")).sha256(new Uint8Array(content)); // not a secure origin
  return [...new Uint8Array(await crypto.subtle.digest("SHA-256", content))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const lineIsSlow = () => Boolean(navigator.connection && (navigator.connection.downlink < 1.5 || navigator.connection.saveData));

export async function drawn(file, scaleOf) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, scaleOf(picture));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return { canvas, pen };
}

// From its header, without decoding; 0 for what this browser doesn't show.
export async function pixelsOf(file) {
  const picture = new Image();
  picture.src = URL.createObjectURL(file);
  try {
    await new Promise((take, fail) => Object.assign(picture, { onload: take, onerror: fail }));
    return picture.naturalWidth * picture.naturalHeight;
  } catch { return 0; } finally { URL.revokeObjectURL(picture.src); }
}

// Never under 3,000 px on the long side, and a long receipt keeps its width up to 1,800 px, or staff
// could not read its print.
export async function smallerCopy(file) {
  try {
    let room = 1; // how much of its pixels may be sent at all
    const { canvas } = await drawn(file, ({ width, height }) => {
      room = settings.pixels / width / height;
      return Math.min(Math.max(3000 / Math.max(width, height), 1800 / Math.min(width, height)), Math.sqrt(room));
    });
    const copy = await new Promise((take) => canvas.toBlob(take, "image/jpeg", 0.85));
    return copy && (copy.size < file.size || room < 1) ? copy : null;
  } catch { return null; } // HEIC and PDF are not drawn by every browser
}
