// Does each answer match the pattern of its field? Asked of a worker with little time: what it
// does not know by then is accepted here, and judged by the server.

const START_MS = 1000, PATIENCE_MS = 100;

let worker, ready, last = start();

function start() {
  ready = new Promise((resolve) => {
    setTimeout(resolve, START_MS, false);
    try {
      worker = new Worker(new URL("./pattern_worker.js", import.meta.url));
      worker.onmessage = () => resolve(true);
      worker.onerror = () => resolve(false);
    } catch { resolve(false); }
  });
}

async function ask(pairs) {
  const found = pairs.map(() => true);
  const asked = [...pairs.keys()].filter((place) => pairs[place][0] && pairs[place][1].length);
  if (!asked.length || !await ready) return found;
  await new Promise((done) => {
    const late = setTimeout(() => { worker.terminate(); start(); done(); }, PATIENCE_MS);
    worker.onmessage = ({ data: [place, matches] }) => {
      found[place] = matches;
      if (place === asked[asked.length - 1]) { clearTimeout(late); done(); }
    };
    for (const place of asked) worker.postMessage([place, pairs[place][0], pairs[place][1].normalize()]);
  });
  return found;
}

// Tell of pairs of pattern and answer which match; without either, one does. One call after the
// other, for they share the worker.
export const matching = (pairs) => (last = Promise.resolve(last).then(() => ask(pairs)));
