// A voucher's code as a till reads it: a QR code and a Code 128 barcode, each as a picture made here.

import { make, t } from "./ground.js";

const NS = "http://www.w3.org/2000/svg";

// Dark modules on a white ground with a quiet zone, in dark mode too: a scanner needs them so.
function picture(width, height, quiet, path, label, kind) {
  const svg = document.createElementNS(NS, "svg");
  const set = (element, names) => { Object.entries(names).forEach(([name, value]) => element.setAttribute(name, value)); return element; };
  set(svg, { viewBox: `0 0 ${width + 2 * quiet} ${height + 2 * quiet}`, role: "img", "aria-label": label, class: kind, "shape-rendering": "crispEdges", preserveAspectRatio: kind === "bars" ? "none" : "xMidYMid" });
  const ground = set(document.createElementNS(NS, "rect"), { width: "100%", height: "100%", fill: "#fff" });
  const dark = set(document.createElementNS(NS, "path"), { d: path, fill: "#000", transform: `translate(${quiet} ${quiet})` });
  svg.append(ground, dark);
  return svg;
}

// ------------------------------------------------------------------ QR code, ISO/IEC 18004, versions 1 to 5

// Each version in one block: how many bytes of data and of correction it has, and its level (0 is M, 1 is L).
const VERSIONS = [[16, 10, 0], [28, 16, 0], [44, 26, 0], [80, 20, 1], [108, 26, 1]];
const EXP = [1], LOG = [];
for (let i = 0; i < 255; i += 1) { LOG[EXP[i]] = i; EXP.push(EXP[i] < 128 ? EXP[i] * 2 : (EXP[i] * 2) ^ 285); }
const times = (a, b) => (a && b ? EXP[(LOG[a] + LOG[b]) % 255] : 0);

function corrections(data, count) {
  let divisor = [1];
  for (let i = 0; i < count; i += 1) divisor = [...divisor, 0].map((one, at) => one ^ (at ? times(divisor[at - 1], EXP[i]) : 0));
  const rest = [...data, ...Array(count).fill(0)];
  data.forEach((_, at) => { const lead = rest[at]; divisor.forEach((one, k) => { rest[at + k] ^= times(one, lead); }); });
  return rest.slice(data.length);
}

function codewords(bytes, [size, extra]) {
  const bits = [];
  const put = (value, count) => { for (let i = count - 1; i >= 0; i -= 1) bits.push((value >> i) & 1); };
  put(4, 4);
  put(bytes.length, 8);
  bytes.forEach((byte) => put(byte, 8));
  put(0, Math.min(4, size * 8 - bits.length));
  while (bits.length % 8) bits.push(0);
  for (let pad = 236; bits.length < size * 8; pad ^= 236 ^ 17) put(pad, 8);
  const data = Array.from({ length: size }, (_, i) => bits.slice(i * 8, i * 8 + 8).reduce((sum, bit) => sum * 2 + bit, 0));
  return [...data, ...corrections(data, extra)];
}

const MASKS = [(x, y) => (x + y) % 2, (x, y) => y % 2, (x) => x % 3, (x, y) => (x + y) % 3, (x, y) => (Math.floor(x / 3) + (y >> 1)) % 2,
  (x, y) => ((x * y) % 2) + ((x * y) % 3), (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2, (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2];

function format(level, mask) {
  const data = (level << 3) | mask;
  let rest = data << 10;
  for (let i = 14; i >= 10; i -= 1) if (rest >> i & 1) rest ^= 1335 << (i - 10);
  return ((data << 10) | rest) ^ 21522;
}

// The matrix with everything that is the same for every text, undefined where data goes.
function frame(version, level, mask) {
  const size = 17 + 4 * version;
  const rows = Array.from({ length: size }, () => Array(size));
  const ring = (cx, cy, reach, dark) => {
    for (let y = -reach; y <= reach; y += 1) for (let x = -reach; x <= reach; x += 1) if (rows[cy + y] && cx + x >= 0 && cx + x < size) rows[cy + y][cx + x] = dark(Math.max(Math.abs(x), Math.abs(y))) ? 1 : 0;
  };
  for (let i = 0; i < size; i += 1) rows[6][i] = rows[i][6] = (i + 1) % 2;
  if (version > 1) ring(size - 7, size - 7, 2, (far) => far !== 1);
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) ring(x, y, 4, (far) => far !== 2 && far !== 4);
  const bits = format(level, mask);
  const at = (i) => (bits >> i) & 1;
  for (let i = 0; i < 8; i += 1) rows[i < 6 ? i : i + 1][8] = rows[8][size - 1 - i] = at(i);
  for (let i = 8; i < 15; i += 1) rows[8][i < 9 ? 7 : 14 - i] = rows[size - 15 + i][8] = at(i);
  rows[size - 8][8] = 1;
  return rows;
}

function filled(words, version, level, mask) {
  const rows = frame(version, level, mask), size = rows.length;
  let bit = 0;
  for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step += 1) {
      const y = up ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (rows[y][x] !== undefined) continue;
        const dark = (words[bit >> 3] >> (7 - bit % 8)) & 1;
        rows[y][x] = MASKS[mask](x, y) ? dark : dark ^ 1;
        bit += 1;
      }
    }
  }
  return rows;
}

// Runs of one colour and patterns like a corner's confuse a scanner: the mask with the fewest is taken.
function penalty(rows) {
  const lines = [...rows, ...rows.map((_, x) => rows.map((row) => row[x]))].map((line) => line.join(""));
  return lines.reduce((sum, line) => sum + (line.match(/0{5,}|1{5,}/g) || []).reduce((more, run) => more + run.length - 2, 0) + 40 * (line.match(/(?=00001011101|10111010000)/g) || []).length, 0);
}

// The modules of a text as rows of 0 and 1; null where it is too long.
export function qr(text) {
  const bytes = [...new TextEncoder().encode(text)];
  const found = VERSIONS.findIndex(([size]) => bytes.length <= size - 2);
  if (found < 0) return null;
  const words = codewords(bytes, VERSIONS[found]);
  const tried = MASKS.map((_, mask) => filled(words, found + 1, VERSIONS[found][2], mask));
  return tried.reduce((best, rows) => (penalty(rows) < penalty(best) ? rows : best));
}

export function qrPicture(text, label) {
  const rows = qr(text);
  if (!rows) return null;
  const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return picture(rows.length, rows.length, 4, path, label, "qr");
}

// ------------------------------------------------------------------ Code 128, set B

// The widths of bar, space, bar, space, bar, space of each sign; the last is the stop.
const WIDTHS = "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232";

// The widths of the lines of a text, dark ones and light ones in turn; null where a sign has no lines.
export function bars(text) {
  if (!/^[ -~]{1,40}$/.test(text)) return null;
  const signs = [104, ...[...text].map((sign) => sign.charCodeAt(0) - 32)];
  const check = signs.reduce((sum, sign, at) => sum + sign * (at || 1), 0) % 103;
  return `${[...signs, check].map((sign) => WIDTHS.slice(sign * 6, sign * 6 + 6)).join("")}2331112`;
}

export function barsPicture(text, label) {
  const widths = bars(text);
  if (!widths) return null;
  let x = 0, path = "";
  [...widths].forEach((width, at) => { if (at % 2 === 0) path += `M${x} 0h${width}v40h-${width}z`; x += Number(width); });
  return picture(x, 40, 10, path, label, "bars");
}

// ------------------------------------------------------------------ both, folded away below the code that people read

export function scanned(code) {
  const pictures = [qrPicture(code, t("qr_label", { code })), barsPicture(code, t("bars_label", { code }))].filter(Boolean);
  return pictures.length ? [make("details", { className: "scan" }, make("summary", { textContent: t("scan") }), ...pictures)] : [];
}
