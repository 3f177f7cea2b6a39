// What became of photos that arrived: asked behind the form's back, seldom, and told beside the photo.
// Loaded with the first photo that is uploaded; without it the form is sent all the same.

import { sleep } from "./ground.js";
import { save, state } from "./keep.js";
import { statusOnce } from "./server.js";

const WAITS_SECONDS = [2, 4, 8, 16]; // as often as this is asked about one photo
let asking = false;

// What nothing is known of yet; how often it was asked about outlives a reload.
const outstanding = () => state.photos.filter((photo) => photo.done && !photo.code && !photo.taken && (photo.asked || 0) < WAITS_SECONDS.length);

// A line that is down has other places to say so.
const images = async () => (await statusOnce(state.session.id, state.session.token))?.images || [];

export async function ask(draw) {
  if (asking) return;
  asking = true;
  for (let open; (open = outstanding()).length && state.session;) {
    const step = Math.min(...open.map((photo) => photo.asked || 0));
    await sleep(1000 * WAITS_SECONDS[step] * (0.9 + Math.random() * 0.2));
    const photos = outstanding();
    if (!photos.length || !state.session) break;
    for (const photo of photos) photo.asked = (photo.asked || 0) + 1;
    const told = await images();
    for (const photo of photos) {
      const image = told.find((one) => one.receipt === photo.receipt && one.part === photo.part);
      if (image?.state === "taken") photo.taken = true;
      if (image?.state === "refused") photo.code = image.code || "refused";
    }
    save();
    if (photos.some((photo) => photo.code)) draw();
  }
  asking = false;
}
