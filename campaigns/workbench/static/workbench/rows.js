// Lists of rows in a form: add from a template, take off and put back, drag or move by keys, number on the way out.
document.addEventListener("DOMContentLoaded", () => {
  for (const rows of document.querySelectorAll("[data-rows]")) manage(rows);
});

function manage(rows) {
  const prefix = rows.dataset.rows;
  const list = rows.querySelector("[data-row-list]");
  const total = rows.querySelector(`[name="${prefix}-TOTAL_FORMS"]`);
  const form = rows.closest("form");
  const empty = rows.querySelector("[data-rows-empty]");
  const announce = () => {
    empty.hidden = [...list.children].some((row) => !row.classList.contains("row-off"));
    number();
    form.dispatchEvent(new CustomEvent("rows:changed"));
  };
  const number = () => {
    [...list.children].forEach((row, index) => {
      const position = row.querySelector('[name$="-position"]');
      if (position) position.value = index;
    });
  };

  function add(kind, fill) {
    const template = rows.querySelector(`[data-row-template="${kind}"]`);
    const index = Number(total.value);
    const holder = document.createElement("template");
    holder.innerHTML = template.innerHTML.replaceAll("__prefix__", index);
    const row = holder.content.firstElementChild;
    total.value = index + 1;
    list.append(row);
    wire(row);
    fill?.(row);
    announce();
    return row;
  }

  function wire(row) {
    const settings = row.querySelector(".row-settings");
    const toggle = row.querySelector("[data-toggle-row]");
    const show = (open) => {
      settings.hidden = !open;
      row.classList.toggle("row-open", open);
      toggle.setAttribute("aria-expanded", open);
      if (open) searchable(settings);
    };
    toggle?.addEventListener("click", () => show(settings.hidden));
    row.addEventListener("row:open", () => toggle && show(true));
    if (settings && !settings.hidden) searchable(settings);

    const gone = (off) => {
      row.querySelector("[data-delete]").checked = off;
      row.classList.toggle("row-off", off);
      row.querySelector("[data-row-gone]").hidden = !off;
      row.querySelector(".row-line").inert = off;
      if (settings && off) show(false);
      announce();
    };
    row.querySelector("[data-remove-row]").addEventListener("click", () => {
      gone(true);
      row.querySelector("[data-undo-row]").focus();
    });
    row.querySelector("[data-undo-row]").addEventListener("click", () => gone(false));
    if (row.querySelector("[data-delete]").checked) gone(true);

    const handle = row.querySelector("[data-handle]");
    if (handle) draggable(row, handle);
    for (const choices of row.querySelectorAll("[data-choices]")) manageChoices(choices, announce);
    if (row.matches("[data-limit]")) limit(row);
    if (row.matches("[data-prize]")) prize(row);
    if (row.dataset.kind === "consent") followPurpose(row);
    const meaning = row.querySelector('select[name$="-meaning"]');
    if (meaning) followChoice(row, meaning, "meaning");
  }

  function draggable(row, handle) {
    handle.addEventListener("keydown", (event) => {
      const other = { ArrowUp: row.previousElementSibling, ArrowDown: row.nextElementSibling }[event.key];
      if (!other) return;
      event.preventDefault();
      if (event.key === "ArrowUp") other.before(row);
      else other.after(row);
      handle.focus();
      announce();
    });
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      handle.setPointerCapture(event.pointerId);
      handle.focus();
      row.classList.add("row-moving");
      const move = (at) => {
        const others = [...list.children].filter((one) => one !== row);
        const next = others.find((one) => {
          const box = one.getBoundingClientRect();
          return at.clientY < box.top + box.height / 2;
        });
        if (next !== row.nextElementSibling) list.insertBefore(row, next ?? null);
      };
      const drop = () => {
        row.classList.remove("row-moving");
        handle.removeEventListener("pointermove", move);
        announce();
      };
      handle.addEventListener("pointermove", move);
      handle.addEventListener("pointerup", drop, { once: true });
      handle.addEventListener("pointercancel", drop, { once: true });
    });
  }

  for (const row of list.children) wire(row);
  for (const button of rows.querySelectorAll("[data-add-row]")) {
    button.addEventListener("click", () => {
      const row = add(button.dataset.addRow, (made) => {
        const kind = made.querySelector('[name$="-kind"]');
        if (kind) kind.value = button.dataset.addRow;
        propose(made, button.dataset.addRow);
      });
      const first = [...row.querySelectorAll("input:not([type=hidden]), textarea, select")].find((one) => one.offsetParent && !one.closest(".row-settings"));
      first?.focus({ preventScroll: true });
      first?.select?.();
      row.scrollIntoView({ block: "center" });
      if (row.querySelector("[data-choices]")) row.dispatchEvent(new CustomEvent("row:open"));
    });
  }
  for (const button of rows.querySelectorAll("[data-preset]")) {
    button.addEventListener("click", () => {
      for (const [scope, count, window] of button.dataset.preset.split(";").map((one) => one.split(","))) {
        const there = [...list.children].find((row) => !row.classList.contains("row-off") && ["scope", "window"].every((name) => row.querySelector(`[name$="-${name}"]`).value === { scope, window }[name]));
        const row = there ?? add("limit");
        row.querySelector('[name$="-scope"]').value = scope;
        row.querySelector('[name$="-count"]').value = count;
        row.querySelector('[name$="-window"]').value = window;
        row.dispatchEvent(new Event("change"));
      }
      announce();
    });
  }
  for (const button of rows.querySelectorAll("[data-prize-preset]")) {
    button.addEventListener("click", () => {
      const row = add("prize", (made) => {
        for (const [name, value] of Object.entries(JSON.parse(button.dataset.prizePreset))) made.querySelector(`[name$="-${name}"]`).value = value;
        made.dispatchEvent(new Event("change"));
      });
      row.dispatchEvent(new CustomEvent("row:open"));
      row.scrollIntoView({ block: "start" });
      row.querySelector(".row-label input")?.focus({ preventScroll: true });
    });
  }
  form.addEventListener("submit", number);
}

const proposals = () => JSON.parse(document.getElementById("kind-labels")?.textContent || "{}");
const labelIn = (row, language) => row.querySelector(`.row-label [data-language="${language}"] input, .row-label [data-language="${language}"] textarea`);

// A new row begins with the words that its kind usually has, in each language.
function propose(row, kind) {
  for (const [language, text] of Object.entries(proposals()[kind] || {})) {
    const input = labelIn(row, language);
    if (input) input.value = text;
  }
}

// A row says what it means, a consent what it is given for, in each language that has no words of its own yet.
function followChoice(row, select, group) {
  select.addEventListener("change", () => {
    const words = proposals();
    const ours = Object.keys(words).filter((key) => key.startsWith(`${group}.`));
    for (const [language, text] of Object.entries(words[`${group}.${select.value}`] || {})) {
      const input = labelIn(row, language);
      if (input && ["", ...ours.map((key) => words[key][language])].includes(input.value)) input.value = text;
    }
  });
}

// Only a consent that taking part needs begins as required.
function followPurpose(row) {
  const purpose = row.querySelector('[name$="-purpose"]');
  followChoice(row, purpose, "consent");
  purpose.addEventListener("change", () => { row.querySelector('[name$="-required"]').checked = !["marketing", "other"].includes(purpose.value); });
}

function searchable(root) {
  const jquery = window.django?.jQuery;
  for (const select of root.querySelectorAll("select.unfold-admin-autocomplete")) {
    if (jquery && !select.classList.contains("select2-hidden-accessible")) jquery(select).select2();
  }
}

function limit(row) {
  const window = row.querySelector('[name$="-window"]');
  const scope = row.querySelector('[name$="-scope"]');
  const draw = () => {
    row.querySelector("[data-hours]").hidden = window.value !== "rolling";
    row.querySelector("[data-soft]").hidden = scope.value !== "device";
    row.querySelector("[data-by-store]").hidden = scope.value !== "store";
  };
  row.addEventListener("change", draw);
  draw();
}

// A prize shows the settings of its mechanic alone.
function prize(row) {
  const value = (name) => row.querySelector(`[name$="-${name}"]`)?.value;
  const draw = () => {
    for (const part of row.querySelectorAll("[data-if]")) {
      const [name, wanted] = part.dataset.if.split("=");
      part.hidden = !wanted.split(",").includes(value(name)) || (name !== "mechanic" && part.dataset.of && value("mechanic") !== part.dataset.of);
    }
  };
  row.addEventListener("change", draw);
  draw();
}

function manageChoices(choices, announce) {
  const list = choices.querySelector("ol");
  const wire = (row) => row.querySelector("[data-remove-choice]").addEventListener("click", () => { row.remove(); announce(); });
  const add = () => {
    const row = choices.querySelector("template").content.firstElementChild.cloneNode(true);
    list.append(row);
    wire(row);
    return row;
  };
  for (const row of list.children) wire(row);
  choices.querySelector("[data-add-choice]").addEventListener("click", () => add().querySelector("[data-language]:not([hidden]) input").focus());
  choices.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input")) return;
    event.preventDefault();
    add().querySelector("[data-language]:not([hidden]) input").focus();
  });
}
