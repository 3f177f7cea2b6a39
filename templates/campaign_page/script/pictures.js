// Pictures before they are sent: what a file really is, a smaller copy for a slow line, too blurred or dark to read.

const bytesOf = async (file) => new Uint8Array(await file.slice(0, 16).arrayBuffer());
const text = (bytes, from, to) => String.fromCharCode(...bytes.slice(from, to));

// By its first bytes: a name or the phone's word for it may be wrong.
export async function typeOf(file) {
  const bytes = await bytesOf(file).catch(() => new Uint8Array());
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return "image/jpeg";
  if (text(bytes, 1, 4) === "PNG") return "image/png";
  if (text(bytes, 0, 4) === "RIFF" && text(bytes, 8, 12) === "WEBP") return "image/webp";
  if (text(bytes, 0, 4) === "%PDF") return "application/pdf";
  if (text(bytes, 4, 8) !== "ftyp") return "";
  if (/^(heic|heix|heim|heis|hevc|hevx)$/.test(text(bytes, 8, 12))) return "image/heic";
  return /^(mif1|msf1)$/.test(text(bytes, 8, 12)) ? "image/heif" : "";
}

export async function digest(file) {
  const content = await file.arrayBuffer();
  if (!crypto.subtle) return (await import("./sha256.js")).sha256(new Uint8Array(content)); // not a secure origin
  return [...new Uint8Array(await crypto.subtle.digest("SHA-256", content))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const lineIsSlow = () => Boolean(navigator.connection && (navigator.connection.downlink < 1.5 || navigator.connection.saveData));

async function drawn(file, longSide) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, longSide / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return { canvas, pen };
}

// Never under 3,000 px on the long side: the small print of a receipt must stay readable.
export async function smallerCopy(file) {
  try {
    const { canvas } = await drawn(file, 3000);
    const copy = await new Promise((take) => canvas.toBlob(take, "image/jpeg", 0.85));
    return copy && copy.size < file.size ? copy : null;
  } catch { return null; } // HEIC and PDF are not drawn by every browser
}

// "dark", "blurred" or "". A hint, not a verdict: print has hard edges, so where the steepest
// hundredth of all edges is flat, it is not in focus.
export async function qualityOf(file) {
  try {
    const { canvas: { width, height }, pen } = await drawn(file, 800);
    const { data } = pen.getImageData(0, 0, width, height);
    const grey = new Float32Array(width * height);
    let light = 0;
    for (let i = 0; i < grey.length; i += 1) {
      grey[i] = 0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2];
      light += grey[i];
    }
    if (light / grey.length < 45) return "dark";
    const steps = new Uint32Array(512);
    for (let y = 0; y < height; y += 1) for (let x = 1; x < width; x += 1) steps[Math.round(Math.abs(grey[y * width + x] - grey[y * width + x - 1]))] += 1;
    let left = (grey.length - height) / 100, steepest = 511;
    while (steepest > 0 && (left -= steps[steepest]) > 0) steepest -= 1;
    return steepest < 12 ? "blurred" : "";
  } catch { return ""; }
}
