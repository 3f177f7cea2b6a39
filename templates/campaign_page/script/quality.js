// Whether a photo is too blurred, dark or bright to read: a hint beside it, never a refusal.
// Loaded with the first photo that is chosen; without it the form is sent all the same.

import { drawn } from "./smaller.js";

// "dark", "bright", "blurred" or "". Print has hard edges, so where the steepest hundredth of all
// edges is flat, it is not in focus, or the light has eaten it.
export async function qualityOf(file) {
  try {
    const { canvas: { width, height }, pen } = await drawn(file, ({ width, height }) => 800 / Math.max(width, height));
    const { data } = pen.getImageData(0, 0, width, height);
    const grey = new Float32Array(width * height);
    let light = 0, inked = 0;
    for (let i = 0; i < grey.length; i += 1) {
      grey[i] = 0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2];
      light += grey[i];
      if (grey[i] < 235) inked += 1;
    }
    if (light / grey.length < 45) return "dark";
    const steps = new Uint32Array(512);
    for (let y = 0; y < height; y += 1) for (let x = 1; x < width; x += 1) steps[Math.round(Math.abs(grey[y * width + x] - grey[y * width + x - 1]))] += 1;
    let left = (grey.length - height) / 100, steepest = 511;
    while (steepest > 0 && (left -= steps[steepest]) > 0) steepest -= 1;
    if (steepest >= 12) return "";
    return inked < grey.length / 100 ? "bright" : "blurred";
  } catch { return ""; }
}
