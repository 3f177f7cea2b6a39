// What became of an entry: told at once, followed for two minutes, and again whenever the page is looked at.

import { $, dayBefore, deadline, form, make, now, reveal, settings, sleep, t, tell, view } from "./ground.js";
import { forgetEverything, forgetFiles, forgetSent, rememberSent, save, state } from "./keep.js";
import { forgetPhotos, photosToRemember } from "./photos.js";
import { copyButton, prizeResult } from "./prizes.js";
import { Refused, statusOf } from "./server.js";

const STEPS_SECONDS = [1, 2, 4, 8, 15, 30];
const FOLLOW_MS = 120_000;
const OPEN = ["queued", "received", "pending_review"];
// What its entrant can put right by filling in the form once more.
const MENDABLE = /^(ANSWER_.*|CONSENT_MISSING|UNKNOWN_FIELD|TOKEN_EXPIRED)$/;
const done = $("done");
let round = 0;
let shown = ""; // the answer that stands there: told once, so that nothing that is open or half uncovered in it is lost
let address = ""; // of this visit: once the entry is with us, the browser keeps nobody's address

// `mend` shows the form again with what is wrong in it; `askAgain` shows the place for a new photo.
export async function follow(sent, { mend, askAgain, refuse }) {
  const mine = round += 1;
  address = sent.email || address;
  const isNew = done.hidden || !form.hidden;
  form.hidden = true;
  if (done.hidden) show({ status: "queued", reference: sent.reference }, sent);
  if (isNew) done.focus();
  const end = Date.now() + FOLLOW_MS;
  for (let step = 0; mine === round;) {
    let answer;
    try { answer = await statusOf(sent.id, sent.token); } catch (error) {
      if (error instanceof Refused) return refuse(error);
      throw error;
    }
    if (mine !== round) return undefined;
    // The new photo is in the queue while the table still asks for it; it is asked for once only.
    if (sent.attempt > 1 && answer.status === "needs_resubmission") answer = { ...answer, status: "queued", reasons: [], actions: [] };
    const queued = answer.status === "queued";
    if (!queued && answer.status === "invalid" && view === "form" && (answer.reasons || []).every(({ code }) => MENDABLE.test(code))) return mend(answer.reasons);
    if (!queued) arrived(sent, answer);
    if (done.hidden || keyOf(answer) !== shown) show(answer, sent);
    if ((answer.actions || []).some((action) => action.kind === "resubmit")) return askAgain(sent);
    if (!queued && !answer.poll_after_seconds) return undefined;
    if (Date.now() > end) return lookLater(sent);
    const seconds = Math.max(queued ? STEPS_SECONDS[Math.min(step, 5)] : 1, Math.min(120, answer.poll_after_seconds) || 1); // whatever is asked for, never at once
    step += 1;
    await sleep(seconds * 1000 * (0.9 + Math.random() * 0.2));
  }
  return undefined;
}

// Safe with us: nothing of it has to be kept here but the reference and the hashes of its photos.
function arrived(sent, answer) {
  if (answer.status === "invalid") forgetSent(sent.reference);
  if (sent.arrived) return;
  sent.arrived = true;
  delete sent.email;
  if (answer.status !== "invalid") rememberSent(photosToRemember(), answer.reference);
  Object.assign(state, { answers: {}, consents: {}, session: null });
  forgetPhotos();
  forgetFiles();
  save();
}

function lookLater(sent) {
  if (view === "status" || done.querySelector(".later")) return;
  const link = make("a", { href: `${document.body.dataset.own}status/#${sent.token}`, textContent: t("status_link") });
  done.append(make("p", { className: "later" }, t("look_later"), " ", link));
}

const words = (text, className = "") => text && make("p", { textContent: text, className });

function reference(answer) {
  const code = make("strong", { id: "reference", textContent: answer.reference });
  return make("div", { className: "reference" }, make("span", { textContent: t("reference") }), code, copyButton(code));
}

function reasons(answer) {
  const [first, ...more] = answer.reasons || [];
  if (!more.length) return first && words(first.message, "reasons");
  return make("ul", { className: "reasons" }, ...[first, ...more].map(({ message }) => make("li", { textContent: message })));
}

// What happens next, and by when.
function next(answer, sent) {
  const asked = (answer.actions || []).find((action) => action.kind === "resubmit");
  const open = OPEN.includes(answer.status);
  return [
    open && (answer.images || []).some(({ state: fate }) => fate === "refused") && words(t("refused_after")),
    answer.status === "needs_resubmission" && words(asked ? asked.until && t("send_by", { day: deadline(asked.until) }) : t("too_late_to_send")),
    open && sent.used && words(t("link_used")),
    open && answer.decide_by && words(t("decide_by", { day: dayBefore(answer.decide_by) })),
    open && address && make("p", {}, t("mail_to", { address }), " ", settings.help && make("a", { href: `mailto:${settings.help}?subject=${answer.reference}`, textContent: t("wrong_address") })),
    answer.status === "approved" && words(t(form.querySelector("[data-kind=receipt_image]:not([hidden])") ? "approved_receipt" : "approved_next")),
    ["rejected", "invalid", "revoked"].includes(answer.status) && settings.help && words(t("questions", { address: settings.help })),
  ];
}

// Over a limit, one phone may still have another user; when the limit has room again, so may this one.
const isFull = (answer) => (answer.reasons || []).some(({ code }) => code === "LIMIT_REACHED") && !(Date.parse(answer.may_enter_again_at) <= now());
const keyOf = (answer) => JSON.stringify([answer, isFull(answer)]);

function another(answer) {
  if (view !== "form" || answer.status === "queued" || (answer.actions || []).length) return null;
  const button = make("button", { type: "button", className: "second", textContent: t(isFull(answer) ? "another_person" : "enter_again") });
  button.onclick = () => { forgetEverything(); location.reload(); };
  return button;
}

// With a reason it is no news that we have it: staff took a verdict back, or took it in after all.
const isReopened = ({ status, reasons }) => status === "pending_review" && reasons?.length;

export function show(answer, sent) {
  shown = keyOf(answer);
  reveal(done);
  done.dataset.status = answer.status;
  tell("");
  done.replaceChildren(...[
    prizeResult(answer, sent),
    make("h2", { textContent: t(isReopened(answer) ? "is_reopened" : `is_${answer.status}`) }),
    reasons(answer),
    answer.reference && reference(answer),
    ...next(answer, sent),
    another(answer),
  ].filter(Boolean));
}
