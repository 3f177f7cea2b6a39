// The pictures of one submission: one at a time, zoomed to the pixel under the pointer, turned, with contrast.
const MOST = 8;

export class Viewer {
  constructor(stage) {
    this.stage = stage;
    this.shots = [...stage.querySelectorAll(".shot")];
    this.links = [...stage.querySelectorAll("[data-shot]")];
    this.fingers = new Map();
    stage.classList.add("live");
    const tools = stage.querySelector(".tools");
    if (tools) tools.hidden = false;
    for (const link of this.links) link.addEventListener("click", (event) => { event.preventDefault(); this.show(Number(link.dataset.shot)); });
    for (const pane of stage.querySelectorAll(".pane")) this.#listen(pane);
    tools?.addEventListener("click", (event) => { const button = event.target.closest("[data-tool]"); if (button) this.use(button.dataset.tool); });
    this.observer = new ResizeObserver(() => this.#draw());
    this.observer.observe(stage);
    this.show(Number(stage.dataset.first) || 0);
  }

  leave() { this.observer.disconnect(); }

  show(number) {
    if (!this.shots[number]) return;
    this.at = number;
    this.shots.forEach((shot, place) => { shot.hidden = place !== number; });
    this.links.forEach((link, place) => link.setAttribute("aria-current", String(place === number)));
    this.links[number]?.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.view = { zoom: 1, x: 0, y: 0, turn: 0 };
    this.#draw();
  }

  step(by) { this.show(this.at + by); }

  // Pictures that are renewed while a moderator looks at them stay as they were turned, enlarged and lit.
  goOnFrom(before) {
    before.leave();
    if (before.stage.classList.contains("strong")) this.use("contrast");
    this.show(before.at);
    this.view = before.view;
    this.#draw();
  }

  use(tool) {
    if (tool === "turn") { this.view.turn = (this.view.turn + 90) % 360; this.view.x = this.view.y = 0; this.view.zoom = 1; }
    if (tool === "fit") Object.assign(this.view, { zoom: 1, x: 0, y: 0 });
    if (tool === "in") this.#zoom(1.5);
    if (tool === "out") this.#zoom(1 / 1.5);
    if (tool === "contrast") { const on = this.stage.classList.toggle("strong"); this.stage.querySelector("[data-tool=contrast]")?.setAttribute("aria-pressed", String(on)); }
    this.#draw();
  }

  // The point of the picture that lies under (x, y), counted from the pane's middle, stays under it.
  #zoom(by, x = 0, y = 0) {
    const view = this.view, before = view.zoom;
    view.zoom = Math.min(MOST / this.#fit(this.#images()[0]), Math.max(1, before * by));
    const grown = view.zoom / before;
    view.x = x - (x - view.x) * grown;
    view.y = y - (y - view.y) * grown;
    if (view.zoom === 1) view.x = view.y = 0;
  }

  #images() { return this.shots[this.at] ? [...this.shots[this.at].querySelectorAll(".pane img")] : []; }

  #fit(image) {
    if (!image) return 1;
    const pane = image.parentElement, lying = this.view.turn % 180 !== 0;
    const width = Number(image.getAttribute("width")), height = Number(image.getAttribute("height"));
    return Math.min(pane.clientWidth / (lying ? height : width), pane.clientHeight / (lying ? width : height)) || 1;
  }

  // Both panes of a twin move as one, so that the same place of both is compared.
  #draw() {
    if (!this.view) return;
    const { zoom, x, y, turn } = this.view;
    for (const image of this.#images()) image.style.transform = `translate(-50%,-50%) translate(${x}px,${y}px) rotate(${turn}deg) scale(${this.#fit(image) * zoom})`;
  }

  #listen(pane) {
    const middle = (event) => { const box = pane.getBoundingClientRect(); return [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2]; };
    const toggle = (event) => { const [x, y] = middle(event); if (this.view.zoom > 1) this.use("fit"); else { this.#zoom(Math.max(2, 1 / this.#fit(pane.querySelector("img"))), x, y); this.#draw(); } };
    pane.addEventListener("wheel", (event) => { event.preventDefault(); this.#zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002)), ...middle(event)); this.#draw(); }, { passive: false });
    pane.addEventListener("dblclick", toggle);
    let tapped = 0;
    pane.addEventListener("pointerdown", (event) => {
      pane.setPointerCapture(event.pointerId);
      this.fingers.set(event.pointerId, event);
      if (event.pointerType === "touch" && this.fingers.size === 1) { if (event.timeStamp - tapped < 300) toggle(event); tapped = event.timeStamp; }
    });
    pane.addEventListener("pointermove", (event) => {
      const before = this.fingers.get(event.pointerId);
      if (!before) return;
      if (this.fingers.size === 1 && this.view.zoom > 1) { this.view.x += event.clientX - before.clientX; this.view.y += event.clientY - before.clientY; }
      if (this.fingers.size === 2) {
        const other = [...this.fingers.values()].find((finger) => finger.pointerId !== event.pointerId);
        const apart = (finger) => Math.hypot(finger.clientX - other.clientX, finger.clientY - other.clientY);
        this.#zoom(apart(event) / (apart(before) || 1), ...middle({ clientX: (event.clientX + other.clientX) / 2, clientY: (event.clientY + other.clientY) / 2 }));
      }
      this.fingers.set(event.pointerId, event);
      this.#draw();
    });
    const lift = (event) => this.fingers.delete(event.pointerId);
    pane.addEventListener("pointerup", lift);
    pane.addEventListener("pointercancel", lift);
  }
}
