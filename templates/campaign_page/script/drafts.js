// What another tab has begun or sent from here is offered, never imposed: one phone has several users.
// Loaded once the form is there; without it the form is filled in and sent all the same.

import { $, form, make, reveal, t } from "./ground.js";
import { draftAt, drafts, forgetFiles, noted, ownTab, read, state, write } from "./keep.js";

const DAY_MS = 86_400_000;
const KEPT_DAYS = 30;

async function openTabs() {
  try { return new Set((await navigator.locks.query()).held.map(({ name }) => name)); } catch { return null; }
}

const isBegun = (draft) => draft.photos.length > 0 || Object.values(draft.answers).some((answer) => answer?.length);

function others() {
  const own = noted(ownTab);
  let keys = [];
  try { keys = Object.keys(localStorage); } catch { /* a private window keeps nothing */ }
  return keys.filter((key) => key !== own && (key === drafts || key.startsWith(`${drafts}:`))).map((key) => ({ key, at: read(key)?.at || 0, draft: draftAt(key) }))
    .sort((one, other) => other.at - one.at);
}

// Another tab that is open goes on with its own: only its answers are copied.
function take({ key, draft }, isOpen) {
  if (isOpen) write(noted(ownTab), { answers: draft.answers, route: draft.route, at: Date.now() });
  else noted(ownTab, key);
  location.reload();
}

function forget({ key }) {
  try { localStorage.removeItem(key); } catch { /* it stays */ }
  forgetFiles(key);
}

export async function offer() {
  const tabs = await openTabs();
  const isOpen = ({ key }) => !tabs || tabs.has(key);
  const found = [];
  for (const other of others()) {
    if (other.at > Date.now() - KEPT_DAYS * DAY_MS || isOpen(other)) found.push(other); else forget(other);
  }
  const begun = found.find(({ draft }) => !draft.sent && isBegun(draft));
  const sent = found.find(({ draft }) => draft.sent?.token);
  const place = $("earlier");
  if (isBegun(state) || !(begun || sent)) return;
  if (begun) {
    const go = make("button", { type: "button", className: "second", textContent: t("go_on") });
    const no = make("button", { type: "button", className: "link", textContent: t("begin_anew") });
    go.onclick = () => take(begun, isOpen(begun));
    // Declined and typed past, it is gone, since the next user of a phone may read it; until then a reload brings it back.
    no.onclick = () => {
      place.hidden = true;
      if (!isOpen(begun)) form.addEventListener("input", () => forget(begun), { once: true });
    };
    place.replaceChildren(make("p", { textContent: t("begun_before") }), go, no);
  } else {
    const { token, reference } = sent.draft.sent;
    const link = make("a", { href: `${document.body.dataset.own}status/#${token}`, textContent: t("status_link") });
    place.replaceChildren(make("p", {}, t("sent_from_here", { reference }), " ", link));
  }
  reveal(place);
}
