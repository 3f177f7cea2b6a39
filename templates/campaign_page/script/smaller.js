// A smaller copy of a picture that is heavy for this line, or has more pixels than are read.
// Loaded with the first photo that is chosen; without it the photo is sent as it is.

import { settings } from "./ground.js";

const HEAVY_BYTES = 1_500_000;
const HEADER_MS = 3000; // a decoder may hang

// The copy, or null where the picture goes as it is.
export async function smallerIfHeavy(file, largestBytes) {
  const heavy = file.size > largestBytes || (lineIsSlow() && file.size > HEAVY_BYTES) || await pixelsOf(file) > settings.pixels;
  return heavy ? smallerCopy(file) : null;
}

const lineIsSlow = () => Boolean(navigator.connection && (navigator.connection.downlink < 1.5 || navigator.connection.saveData));

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
    await new Promise((take, fail) => { Object.assign(picture, { onload: take, onerror: fail }); setTimeout(fail, HEADER_MS); });
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
