// A result that is uncovered by hand. It stands in the page already, committed: nothing here decides anything.

import { make, settings, t } from "./ground.js";
import { save } from "./keep.js";

const still = matchMedia("(prefers-reduced-motion: reduce)");

// Cover a result until its entrant asks for it: by pointer, key or screen reader, once for each entry.
export function cover(result, sent, { wins }) {
  const box = make("div", { className: "cover" });
  const spins = settings.reveal === "wheel" && !still.matches;
  const button = make("button", { type: "button", className: "send", textContent: t(spins ? "spin" : "uncover") });
  const open = () => {
    if (!box.isConnected) return;
    sent.revealed = true;
    save();
    box.remove();
    result.hidden = false;
    const title = result.querySelector("h2");
    title.tabIndex = -1;
    title.focus();
  };
  button.onclick = open;
  if (spins) {
    const wheel = wheelOf();
    box.append(make("div", { className: "turn" }, wheel));
    button.onclick = () => {
      button.setAttribute("aria-disabled", "true");
      button.onclick = null;
      spin(wheel, wins).then(open, open);
    };
  } else if (settings.reveal === "scratch" && !still.matches) box.append(scratchArea(open));
  box.append(button);
  result.before(box);
}

// Eight fields; every other one is a win, and the one at the top is the result.
function wheelOf() {
  const wheel = make("div", { className: "wheel" });
  wheel.setAttribute("aria-hidden", "true");
  for (let field = 0; field < 8; field += 1) {
    const mark = make("span", { textContent: field % 2 ? "" : "★" });
    mark.style.transform = `rotate(${field * 45}deg)`;
    wheel.append(mark);
  }
  return wheel;
}

function spin(wheel, wins) {
  const end = 1800 + (wins ? 0 : 45) + Math.random() * 24 - 12;
  const turn = [{ transform: "rotate(0deg)" }, { transform: `rotate(${end}deg)` }];
  return wheel.animate(turn, { duration: 2600, easing: "cubic-bezier(.15,.7,.2,1)", fill: "forwards" }).finished;
}

// A field that is rubbed away; who can't rub has the button.
function scratchArea(open) {
  const canvas = make("canvas", { width: 640, height: 240, className: "scratch-area" });
  canvas.setAttribute("aria-hidden", "true");
  const pen = canvas.getContext("2d");
  const style = getComputedStyle(document.body);
  pen.fillStyle = style.getPropertyValue("--brand").trim() || "#444";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = style.getPropertyValue("--on-brand").trim() || "#fff";
  pen.font = `700 40px ${style.fontFamily}`;
  pen.textAlign = "center";
  pen.fillText(t("scratch"), canvas.width / 2, canvas.height / 2 + 14, canvas.width - 40);
  pen.globalCompositeOperation = "destination-out";
  const rubbed = new Set();
  canvas.onpointerdown = (event) => canvas.setPointerCapture(event.pointerId);
  canvas.onpointermove = ({ buttons, offsetX, offsetY }) => {
    if (!buttons) return;
    const x = offsetX * canvas.width / canvas.clientWidth, y = offsetY * canvas.height / canvas.clientHeight;
    pen.beginPath();
    pen.arc(x, y, 42, 0, 7);
    pen.fill();
    rubbed.add(`${Math.floor(x / 64)}:${Math.floor(y / 60)}`);
    if (rubbed.size >= 16) open(); // of forty parts
  };
  return canvas;
}
