// Operations shows what is now: read again while somebody looks, without moving the keyboard's place.
"use strict";

{
  const LEAST_SECONDS = 2;
  const PATIENCE_MS = 8000;

  const now = () => document.getElementById("ops-now");
  const seconds = () => {
    const asked = [now(), ...now().querySelectorAll("[data-refresh-seconds]")];
    return Math.max(LEAST_SECONDS, Math.min(...asked.map((one) => Number(one.dataset.refreshSeconds))));
  };

  const put = (fresh) => {
    const old = now();
    const open = [...old.querySelectorAll("details[open][id]")].map((one) => one.id);
    const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
    old.replaceWith(fresh);
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    renewal.sayChanges();
  };

  const say = (words) => {
    const place = document.getElementById("ops-refresh");
    if (place) place.textContent = words;
  };

  const isBusy = () => {
    const active = document.activeElement;
    const isOn = now().contains(active) && !active.id; // its place would be lost
    return document.hidden || isOn || renewal.isPressed(now()) || String(getSelection()).length > 0;
  };

  const read = async () => {
    const answer = await fetch(location.href, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("ops-now");
    if (answer.ok && !fresh) renewal.otherPage(page, answer.url);
    if (!answer.ok || !fresh) throw new Error("another page");
    renewal.tellStale("");
    return fresh;
  };

  const go = async () => {
    if (!isBusy()) {
      try {
        const fresh = await read();
        if (!isBusy()) put(fresh);
      } catch {
        say("It can't be updated at the moment; these values are from then.");
      }
    }
    setTimeout(go, seconds() * 1000);
  };

  setTimeout(go, seconds() * 1000);
}
