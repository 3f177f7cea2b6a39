// SHA-256 (FIPS 180-4). Loaded only where a browser has no WebCrypto: on origins that are not secure.

const fraction = (root) => (root * 2 ** 32) | 0;
const START = [], ROUND = [];
for (let n = 2; ROUND.length < 64; n += 1) {
  let d = 2;
  while (d * d <= n && n % d) d += 1;
  if (d * d <= n) continue; // not a prime
  if (START.length < 8) START.push(fraction(Math.sqrt(n)));
  ROUND.push(fraction(Math.cbrt(n)));
}
const turn = (x, by) => (x >>> by) | (x << (32 - by));

export function sha256(bytes) {
  const hash = Int32Array.from(START), words = new Int32Array(64);
  const take = (view) => {
    for (let at = 0; at < view.byteLength; at += 64) {
      for (let i = 0; i < 64; i += 1) {
        if (i < 16) { words[i] = view.getInt32(at + 4 * i); continue; }
        const x = words[i - 15], y = words[i - 2];
        words[i] = words[i - 16] + words[i - 7] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
      }
      let [a, b, c, d, e, f, g, h] = hash;
      for (let i = 0; i < 64; i += 1) {
        const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUND[i] + words[i]) | 0;
        const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
      }
      [a, b, c, d, e, f, g, h].forEach((word, i) => { hash[i] += word; });
    }
  };
  const rest = bytes.length % 64, whole = bytes.length - rest;
  const end = new Uint8Array(rest < 56 ? 64 : 128), length = new DataView(end.buffer, end.length - 8);
  end.set(bytes.subarray(whole));
  end[rest] = 128;
  length.setUint32(0, Math.floor(bytes.length / 2 ** 29));
  length.setUint32(4, bytes.length * 8);
  take(new DataView(bytes.buffer, bytes.byteOffset, whole));
  take(new DataView(end.buffer));
  return [...hash].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}
