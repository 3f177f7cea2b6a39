// How people write an address, a number, a day or a name: the steps of ingest_lambda/contract/grammar over its
// tables and patterns, which the page carries as data (`grammar`). What both say: tests/contract/samples/grammar.json.

const made = {};
const pattern = (source, flags = "u") => (made[flags + source] ??= new RegExp(source, flags));
const has = (text, source, flags) => pattern(source, flags).test(text);
const swap = (text, source, by, flags = "gu") => text.replace(pattern(source, flags), by);
const keep = (kept) => ({ kept, wrong: "", proposal: "" });
const refuse = (wrong, proposal = "") => ({ kept: "", wrong, proposal });
// To put marks in their order takes the square of their number: of more than are refused (31), none is.
const few = (text) => swap(text, "(\\p{M}{31})\\p{M}+", "$1");
const seen = (text, { text: t }) => few(swap(swap(few(text).normalize(), t.unseen, "$1"), t.alone, "$1"));
const tooManyMarks = (text, grammar) => [text, seen(text, grammar)].some((one) => has(one, "\\p{M}{31}")); // over one letter

// One line as it is judged, hashed and stored.
export function clean(text, grammar) {
  const t = grammar.text;
  const narrow = swap(swap(seen(text, grammar), t.dashes, "-"), t.wide, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0));
  return swap(narrow.normalize(), t.spaces, " ").trim();
}

// What is made of digits, with plain ones.
const cleanCode = (text, grammar) => swap(clean(text, grammar), grammar.text.digits, (sign) => String(sign.charCodeAt(0) & 15));

export function readText(typed, grammar, prose = false) {
  const t = grammar.text;
  if (tooManyMarks(typed, grammar)) return refuse("bad_pattern");
  if (!prose) return keep(clean(typed, grammar));
  const lines = swap(swap(seen(typed, grammar), t.breaks, "\n"), t.hyphens, "-").normalize().split("\n");
  return keep(lines.map((line) => swap(line, t.space, " ").trimEnd()).join("\n").replace(/^[ \n]+|[ \n]+$/g, ""));
}

// At most so many characters, without the half of one that readers see as one.
export function cut(text, most) {
  const signs = [...text];
  if (signs.length <= most) return text;
  let end = most;
  while (end && (has(signs[end], "^[\\p{M}\u200d\u{1f3fb}-\u{1f3ff}\u{e0000}-\u{10ffff}]") || signs[end - 1] === "\u200d")) end -= 1;
  return signs.slice(0, end).join("").trimEnd();
}

// ------------------------------------------------------------------ e-mail

function ascii(domain) {
  if (!/[^\0-\x7f]/.test(domain)) return domain.toLowerCase();
  try { return new URL(`http://${domain}`).hostname; } catch { return domain; }
}

const split = (text) => { const at = text.lastIndexOf("@"); return at < 0 ? ["", text] : [text.slice(0, at), text.slice(at + 1)]; };

const asMeant = (text, e) => Object.entries(e.looks_like).reduce((now, [sign, meant]) => now.split(sign).join(meant), text);

function unpacked(text, e) {
  text = swap(swap(text, e.twice, "$1", "u"), e.comment, "", "u");
  text = text.match(pattern(e.in_brackets))?.[1] ?? text;
  let bare = swap(text, e.scheme, "", "iu");
  if (bare !== text) bare = swap(swap(bare, e.after_scheme, "", "u"), e.encoded, (_, code) => String.fromCharCode(parseInt(code, 16)));
  bare = bare.trim();
  const quoted = bare.match(pattern(e.quoted));
  const inside = quoted && swap(quoted[1], "\\\\(.)", "$1");
  if (!quoted) bare = swap(swap(bare, e.in_quotes, "$1@", "u"), e.before, "", "u");
  else if (has(inside, e.local)) bare = `${inside}@${quoted[2]}`;
  return swap(swap(bare, e.behind, "", "u"), e.around_at, "@");
}

function wrongLocal(local, e) {
  if (has(local, e.apostrophe)) return "email_apostrophe";
  if (/\s/.test(local)) return "email_space";
  if (/[^\0-\x7f]/.test(local)) return "email_letters";
  if (local.includes("..") || local.startsWith(".") || local.endsWith(".")) return "email_dots";
  if (local.length > e.most_local) return "email_long";
  return !local.includes("=?") && has(local, e.local) ? "" : "email_sign";
}

function wrongDomain(domain, e) {
  if (has(domain, e.machine)) return "email_machine";
  if (/\s/.test(domain)) return "email_space";
  if (domain.includes("..") || domain.startsWith(".")) return "email_dots";
  const known = has(domain, e.other_letters) ? ascii(domain) : "";
  return has(known, e.domain) ? "" : "email_domain";
}

function tidied(text, e) {
  text = swap(text, e.apostrophe, "'").replace(/,/g, ".").replace(/\.{2,}/g, ".").replace(/\.*@\.*/g, "@").replace(/^\.+|\.+$/g, "");
  const [local, domain] = split(text);
  return local && domain && !wrongLocal(local, e) && !wrongDomain(domain, e) ? text : "";
}

export function readEmail(typed, grammar) {
  const e = grammar.email;
  let text = clean(asMeant(typed, e), grammar);
  if (tooManyMarks(typed, grammar)) return refuse("bad_email");
  if ([...text].length > e.most_typed) return refuse("email_long");
  text = unpacked(text, e);
  const [local, end] = split(text);
  if (!local || !end) return refuse("bad_email");
  if (local.includes("@")) return /[\s;,/|]/.test(text) ? refuse("email_two") : refuse("email_two_at", tidied(text.replace(/@+/g, "@"), e));
  const domain = swap(end, e.around_dot, ".").toLowerCase().normalize();
  const wrong = wrongLocal(local, e) || wrongDomain(domain, e);
  if (wrong) return refuse(wrong, tidied(`${local}@${domain}`, e));
  return `${local}@${ascii(domain)}`.length > e.most ? refuse("email_long") : keep(`${local}@${domain}`);
}

// One letter more, less or other behind the first, or two neighbours swapped.
function near(a, b) {
  if (Math.abs(a.length - b.length) > 1 || a[0] !== b[0]) return false;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i += 1;
  const swapped = a[i] === b[i + 1] && a[i + 1] === b[i] && a.slice(i + 2) === b.slice(i + 2);
  return swapped || a.slice(i + 1) === b.slice(i) || a.slice(i) === b.slice(i + 1) || a.slice(i + 1) === b.slice(i + 1);
}

// A domain in Latin letters, where some were typed on another keyboard.
const latin = (domain, [other, letters]) => [...domain].map((letter) => letters[other.indexOf(letter)] ?? letter).join("");

const isProviders = (domain, e) => Object.entries(e.providers).some(([name, list]) => list.split(" ").some((ending) => domain === `${name}.${ending}`));

function likelyDomain(domain, e) {
  const plain = latin(domain, e.look_alikes);
  if (plain !== domain) {
    const likely = likelyDomain(plain, e);
    return isProviders(likely, e) ? likely : domain; // any other may be somebody's own
  }
  if (e.real.split(" ").includes(domain)) return domain;
  const dot = domain.indexOf(".");
  const [name, ending] = dot < 0 ? [domain, ""] : [domain.slice(0, dot), domain.slice(dot + 1)];
  const slip = !ending || e.no_endings.split(" ").includes(ending);
  for (const [known, list] of Object.entries(e.providers)) {
    const endings = list.split(" ");
    if (!dot || (dot < 0 && name === known + endings[0])) return `${known}.${endings[0]}`;
    if (name !== known && (known.length < e.least_name || !near(name, known))) continue;
    if (endings.includes(ending)) return `${known}.${ending}`;
    const likely = slip || e.near_com.split(" ").includes(ending) || (name === known && e.one_ending.includes(known));
    if (likely) return `${known}.${endings[0]}`;
  }
  return slip && ending ? `${name}.com` : domain;
}

// The address that was probably meant, where another one is likelier.
export function likelyEmail(typed, grammar) {
  const { kept, proposal } = readEmail(typed, grammar);
  const [local, domain] = split(kept || proposal || clean(typed, grammar));
  const likely = likelyDomain(domain.toLowerCase(), grammar.email);
  if (local && likely !== domain.toLowerCase()) return readEmail(`${local}@${likely}`, grammar).kept;
  return proposal;
}

// ------------------------------------------------------------------ phones, postal codes

const fitsLength = (digits, p) => digits.length >= p.least && digits.length <= p.most;
const without = (text, start) => (start && text.startsWith(start) ? text.slice(start.length) : text);
const fitsPlan = (digits, plan) => plan.lengths.includes(digits.length) && !(plan.part && has(digits, `^(?:${plan.part})`));

// Without what is dialled before it at home, or with what is written for that abroad.
function withoutInland(digits, { inland, becomes }) {
  const found = digits.match(pattern(`^(?:${inland})`));
  const left = found?.[becomes.slice(-1)];
  return found ? (left ? becomes.slice(0, -2) + left : "") + digits.slice(found[0].length) : digits;
}

function isAbroad(digits, plans, p) {
  const known = plans.filter((plan) => digits.startsWith(plan.code));
  for (const plan of known) {
    const rest = digits.slice(plan.code.length);
    const found = [rest, without(rest, plan.trunk), withoutInland(rest, plan)].find((one) => fitsPlan(one, plan));
    if (found !== undefined) return fitsLength(plan.code + found, p);
  }
  return !known.length && fitsLength(digits, p) && !digits.startsWith("0");
}

function canBeDialled(digits, plans, p) {
  return plans.some((plan) => {
    const inland = [without(digits, plan.trunk), digits, withoutInland(digits, plan)].some((one) => fitsPlan(one, plan) && fitsLength(plan.code + one, p));
    if (inland || (digits.startsWith(plan.code) && isAbroad(digits, [plan], p))) return true;
    const dialled = digits.match(pattern(`^(?:${plan.abroad})`));
    return Boolean(dialled) && isAbroad(digits.slice(dialled[0].length), plans, p);
  }) || (digits.startsWith("00") && isAbroad(digits.slice(2), plans, p));
}

// Whether it is a number; which one, the server knows: what is kept here is what was typed, cleaned.
export function readPhone(typed, grammar, countries) {
  const p = grammar.phone;
  const text = cleanCode(typed, grammar);
  if ([...text].length > p.most_chars || tooManyMarks(typed, grammar)) return refuse("bad_phone");
  if (has(text, p.two, "iu")) return refuse("phone_two");
  const whole = swap(swap(swap(text, p.label, "", "iu"), p.direct, "$1", "iu"), p.carrier, "$1", "iu");
  const bare = swap(swap(whole, p.parameters, "", "u"), p.extension, "", "iu");
  if (!has(bare, p.number)) return refuse("bad_phone");
  const digits = swap(bare, p.trunk, "").replace(/[^0-9]/g, "");
  const plans = countries.slice(0, p.most_plans).flatMap((country) => p.plans.filter((plan) => plan.country === country));
  const good = has(bare, p.international) ? isAbroad(digits, plans, p) : canBeDialled(digits, plans, p);
  return good ? keep(text) : refuse("bad_phone");
}

function postalCode(bare, forms) {
  for (const form of forms) {
    const found = bare.match(pattern(`^${form.before && `${form.before}?`}${form.pattern}${form.after && `(?:${form.after})?`}$`));
    if (found) return form.begins + found.slice(1).filter(Boolean).join(form.between);
  }
  return "";
}

// The code with the fewest letters in place of digits that look like them, or digits of letters, where there is one.
function likelyCode(bare, forms, { look_alikes: alike, most_slips: slips, most_slipped: most }) {
  let spelled = [bare];
  for (let wrong = 0; wrong < slips && bare.length <= most; wrong += 1) {
    spelled = spelled.flatMap((one) => [...one].flatMap((sign, place) => [...(alike[sign] ?? "")].map((other) => one.slice(0, place) + other + one.slice(place + 1))));
    const meant = new Set(spelled.map((one) => postalCode(one, forms)).filter(Boolean));
    if (meant.size) return meant.size === 1 ? [...meant][0] : "";
  }
  return "";
}

export function readPostalCode(typed, grammar, countries) {
  const { forms, most_chars: most, punctuation } = grammar.postal;
  const text = cleanCode(typed, grammar).toUpperCase();
  if (tooManyMarks(typed, grammar)) return refuse("bad_postal");
  const bare = [...text].length <= most ? swap(text, punctuation, "") : "";
  const known = countries.map((country) => forms[country]).filter(Boolean);
  const kept = postalCode(bare, known);
  if (kept || known.length < countries.length) return keep(kept || text);
  return refuse("bad_postal", likelyCode(bare, known, grammar.postal));
}

// ------------------------------------------------------------------ numbers, days

function withPoint(text, n, marks) {
  const areGroups = (digits, mark) => has(digits, n.groups.split("S").join(mark)) && !digits.startsWith("0");
  let { decimal, group } = marks;
  if (text.includes(".") && text.includes(",")) {
    [decimal, group] = text.lastIndexOf(",") > text.lastIndexOf(".") ? [",", "."] : [".", ","];
  } else {
    const mark = text.includes(".") ? "." : ",";
    const grouped = text.split(mark).length > 2 || (mark === group && areGroups(text, mark));
    [decimal, group] = grouped ? ["", mark] : [mark, ""];
  }
  const at = decimal ? text.lastIndexOf(decimal) : -1;
  let [whole, decimals] = at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
  if (group && whole.includes(group)) whole = areGroups(whole, group) ? whole.split(group).join("") : "?";
  return (whole || "0") + (decimals && `.${decimals}`);
}

export function readNumber(typed, grammar) {
  const n = grammar.number;
  let text = cleanCode(typed, grammar);
  if ([...text].length > n.most_chars || tooManyMarks(typed, grammar)) return refuse("bad_number");
  let marks = n;
  for (const [arabic, meant] of Object.entries(n.arabic)) {
    if (text.includes(arabic)) [text, marks] = [text.split(arabic).join(meant), { decimal: ".", group: "," }];
  }
  const price = text.match(pattern(n.price_inside)); // 12€50
  if (price) [text, marks] = [`${price[1]}.${price[2]}`, { decimal: ".", group: "," }];
  let sign = text.startsWith("-") ? "-" : "";
  text = swap(without(text, sign || "+").trim(), n.money, "", "giu");
  text = swap(text, n.whole_price, "", "u");
  if (!sign && text.startsWith("-")) { sign = "-"; text = text.slice(1).trim(); }
  if (has(text, n.spaced)) text = text.replace(/['\u2019\s]/g, "");
  if (!has(text, n.number)) return refuse("bad_number");
  const kept = sign + withPoint(text.replace(/^\++/, ""), n, marks);
  return has(kept, n.kept) ? keep(kept) : refuse("bad_number");
}

// Which day a text is, and whether there is one.
function asDay(text, d) {
  const [, year, , month, day] = text.match(pattern(d.pattern)) ?? [];
  const whole = year && `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  return whole && isDay(whole) ? whole : "";
}

function isDay(text) {
  const [year, month, day] = text.split("-").map(Number);
  const date = new Date(Date.UTC(2000, month - 1, day));
  if (date.getUTCMonth() !== month - 1) return false;
  date.setUTCFullYear(year);
  return year > 0 && date.getUTCMonth() === month - 1;
}

function likelyYear(text, today) {
  const years = [`20${text.slice(2, 4)}`, ...(today ? [today.slice(0, 4), String(today.slice(0, 4) - 1)] : [])];
  const days = years.map((year) => year + text.slice(4)).filter((day) => isDay(day) && (!today || day <= today));
  return text && days.length ? days[0] : "";
}

// A purchase's day is read with `today`: it is of this century, and not one that is still to come.
export function readDay(typed, grammar, today) {
  const d = grammar.day;
  const text = asDay(cleanCode(typed, grammar), d);
  if (!text) return refuse("bad_date");
  const year = Number(text.slice(0, 4));
  if (year < d.first_year || year > d.last_year || (today && year < d.first_purchase_year)) return refuse("bad_year", likelyYear(text, today));
  if (!today) return keep(text);
  const last = new Date(Date.parse(today) + d.ahead * 86_400_000).toISOString().slice(0, 10);
  return text > last ? refuse("future_day", likelyYear(text, today)) : keep(text);
}
