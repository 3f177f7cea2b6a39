// What became of the prizes, as the server committed it: nothing here is said before, and nothing is decided here.

import { make, settings, t, view } from "./ground.js";

const OURS = ["confirmed", "provisional"];
const LATER = ["held", "after_approval"];

// A button that copies what it stands beside. Where the browser refuses, or has no clipboard, the text is marked.
export function copyButton(source) {
  const copy = make("button", { type: "button", className: "second", textContent: t("copy") });
  copy.onclick = async () => {
    let isCopied = true;
    try { await navigator.clipboard.writeText(source.textContent); } catch {
      getSelection().selectAllChildren(source);
      isCopied = document.execCommand("copy");
    }
    copy.textContent = t(isCopied ? "copied" : "copy_by_hand");
  };
  return copy;
}

function codeBox(code) {
  const text = make("strong", { textContent: code });
  const box = make("div", { className: "reference code" }, make("span", { textContent: t("your_code") }), text, copyButton(text));
  import("./codes.js").then(({ scanned }) => box.append(...scanned(code))).catch(() => {}); // the code itself is there
  return box;
}

function won({ prize, name, code }) {
  const { text, picture } = settings.prizes[prize] || {};
  return [
    make("h2", { textContent: t("won", { prize: name }) }),
    picture && make("img", { ...picture, src: document.body.dataset.root + picture.src, className: "prize-picture" }),
    code && codeBox(code),
    text && make("p", { textContent: text }),
  ];
}

// A result of its own, above everything else; null where there is none (yet), or no prize at all.
export function prizeResult(answer, sent) {
  const awards = answer.awards || [];
  const ours = awards.filter(({ state }) => OURS.includes(state));
  const confirmed = ours.filter(({ state }) => state === "confirmed");
  const reserved = ours.filter(({ state }) => state === "provisional").map(({ name }) => name).join(", ");
  const later = awards.filter(({ state }) => LATER.includes(state));
  const lost = awards.filter(({ state }) => ["released", "revoked"].includes(state));
  const missed = awards.some(({ state }) => ["not_this_time", "none_left", "limit_reached"].includes(state));
  const over = ["rejected", "invalid", "revoked", "withdrawn"].includes(answer.status);
  const lines = lost.map(({ name, state }) => make("p", { textContent: t(`prize_${state}`, { prize: name }) }));
  if (later.some(({ state }) => state === "held")) lines.push(make("p", { textContent: t("prize_held") }));
  else if (!over) lines.push(...later.map(({ name }) => make("p", { textContent: t("prize_later", { prize: name }) })));
  const limited = !ours.length && awards.some(({ state }) => state === "limit_reached");
  if (limited) lines.push(make("p", { textContent: t("prize_limit") }));
  if (!ours.length && (!missed || limited || over || lost.length)) return lines.length ? make("section", { className: "prizes" }, ...lines) : null;
  const title = [
    ...confirmed.flatMap(won),
    confirmed.length && make("p", { textContent: t("won_next") }),
    reserved && make("h2", { textContent: t("subject_to_validation", { prize: reserved }) }),
    reserved && make("p", { textContent: t("validation_next") }),
    !ours.length && make("h2", { textContent: t("not_this_time") }),
  ];
  const box = make("section", { className: ours.length ? "prizes won" : "prizes" }, ...title, ...lines);
  const playful = view === "form" && ["scratch", "wheel"].includes(settings.reveal) && !sent.revealed;
  if (playful) {
    box.hidden = true;
    import("./reveal.js").then(({ cover }) => cover(box, sent, { wins: ours.length > 0 })).catch(() => { box.hidden = false; });
  }
  return box;
}
