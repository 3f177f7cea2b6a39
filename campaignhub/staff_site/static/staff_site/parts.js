// Parts of a page that renew themselves: nothing is replaced under a finger or by another page, the keyboard
// keeps its place, and a state is said aloud when it changes, from a place that stays.
"use strict";

{
  const PRESSED = ":is(a, button, summary, input, select, label):active";
  const said = new Map(); // by its key, the words of each [data-say] that stands on the page

  const isPressed = (part) => Boolean(part.querySelector(PRESSED));

  // ------------------------------------------------------------------ what is said aloud

  const spoken = () => new Map([...document.querySelectorAll("[data-say]")].map((one) => [one.dataset.say, one.dataset.words]));

  const sayChanges = () => {
    const now = spoken();
    const changed = [...now].filter(([key, words]) => said.get(key) !== words).map(([, words]) => words);
    said.clear();
    now.forEach((words, key) => said.set(key, words));
    const place = document.getElementById("ch-said");
    if (place && changed.length) place.textContent = changed.join(" ");
  };

  // A page that can't be renewed says so once, where it can be seen, until it can again.
  const tellStale = (words, address = "") => {
    const place = document.getElementById("ch-stale");
    if (!place || (place.dataset.words ?? "") === words) return;
    place.dataset.words = words;
    const note = document.createElement("p");
    note.className = "ch-note ch-note-warn";
    note.textContent = words;
    if (address) {
      const link = document.createElement("a");
      Object.assign(link, { href: address, textContent: "Sign in again", className: "ch-link" });
      note.append(" ", link);
    }
    place.replaceChildren(...(words ? [note] : []));
  };

  const otherPage = (page, answered) => {
    if (!page.querySelector("[name=password]")) { tellStale("This page can’t be updated at the moment. Please reload it."); return; }
    const here = encodeURIComponent(location.pathname + location.search);
    tellStale("You’re signed out, so nothing on this page is updated or saved.", `${new URL(answered).pathname}?next=${here}`);
  };

  // ------------------------------------------------------------------ what a renewal keeps

  let left = null; // what had the keyboard in the part that is replaced

  const focusedIn = (part) => {
    const active = document.activeElement;
    return part.contains(active) && active !== part ? { href: active.getAttribute("href") } : null;
  };

  const giveBack = (part) => {
    if (!left || document.activeElement !== document.body) return;
    const same = left.href && part.querySelector(`a[href="${CSS.escape(left.href)}"]`);
    const next = same || part.querySelector("a[href], button") || document.getElementById("content");
    if (next.id === "content") next.tabIndex = -1;
    next.focus({ preventScroll: true });
  };

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr, requestConfig } = event.detail;
    const wanted = requestConfig.elt.getAttribute("hx-select");
    if (!wanted || !event.detail.shouldSwap) return;
    const page = new DOMParser().parseFromString(xhr.response, "text/html");
    if (!page.querySelector(wanted)) { event.detail.shouldSwap = false; otherPage(page, xhr.responseURL); return; }
    tellStale("");
    if (requestConfig.verb === "get" && isPressed(target)) event.detail.shouldSwap = false; // the next one is soon
    else left = focusedIn(target);
  });

  for (const failed of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(failed, ({ detail }) => tellStale(detail.requestConfig.verb === "get"
      ? "This page can’t be updated at the moment; it keeps trying."
      : "That wasn’t saved. Please reload the page and try again."));
  }

  document.addEventListener("htmx:afterSwap", (event) => {
    const part = document.getElementById(event.target.id) || event.target;
    giveBack(part);
    left = null;
    sayChanges();
  });

  // For parts that are renewed without htmx.
  window.renewal = { isPressed, otherPage, sayChanges, tellStale };

  document.addEventListener("DOMContentLoaded", () => { spoken().forEach((words, key) => said.set(key, words)); });
}
