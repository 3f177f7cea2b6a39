// A proof of being human, only where the campaign asks for one: the provider's own widget, loaded from its host.

import { $, preview, say, t } from "./ground.js";

const SOURCE = "https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit";
const place = $("challenge");
const PATIENCE_MS = 20_000;

const loaded = place && !preview ? new Promise((ready) => {
  const script = Object.assign(document.createElement("script"), { src: SOURCE, async: true });
  setTimeout(ready, PATIENCE_MS, null);
  script.onload = () => ready(window.turnstile);
  script.onerror = () => ready(null);
  document.head.append(script);
}) : null;

// The token for the next start; none where nothing is asked for or the provider is away:
// what then becomes of the entry is the campaign's policy, which the server knows.
export async function prove() {
  const widget = await loaded;
  if (!widget) return undefined;
  say(t("challenge"));
  const token = await new Promise((give) => {
    setTimeout(give, PATIENCE_MS);
    widget.render(place, { sitekey: place.dataset.siteKey, callback: give, "error-callback": () => give(undefined) });
  });
  widget.remove(place);
  say("");
  return token;
}
