// Talking to the server: one call, again and again with back-off while the line or the server is away.

import { say, settings, sleep, t } from "./ground.js";

export class Refused extends Error {
  constructor(status, problem) {
    super(problem.code || String(status));
    Object.assign(this, { status, problem, code: problem.code });
  }
}

// Waits longer each time, up to half a minute, spread so that not everybody comes back at once;
// a line that is back ends the wait.
export const backOff = (attempt) => Math.min(30, 2 ** attempt) * (0.5 + Math.random());
export const waitForLine = (seconds) => Promise.race([
  sleep(seconds * 1000),
  new Promise((wake) => addEventListener("online", wake, { once: true })),
]);

export async function call(method, path, body, token) {
  const headers = { ...(body && { "Content-Type": "application/json" }), ...(token && { Authorization: `Bearer ${token}` }) };
  for (let attempt = 0; ; attempt += 1) {
    const response = await fetch(settings.api + path, {
      method, headers, body: body && JSON.stringify(body), cache: "no-store", signal: AbortSignal.timeout?.(15_000),
    }).catch(() => null); // the line dropped
    if (response && response.status < 500 && response.status !== 429) {
      const answer = await response.json().catch(() => ({}));
      say("");
      if (response.ok) return answer;
      throw new Refused(response.status, answer);
    }
    const asked = response && Number(response.headers.get("Retry-After"));
    const seconds = asked ? asked * (1 + Math.random() / 4) : backOff(attempt);
    say(response ? t("busy", { seconds: Math.ceil(seconds) }) : t("offline"));
    await waitForLine(seconds);
  }
}
