// Matches answers against the patterns of the form, apart from the page: a browser's engine
// backtracks, and may take for ever over a pattern that the server's takes in its stride.
// Both read the same form of it (tests/contract/samples/patterns.json).

const matches = (pattern, value) => { try { return new RegExp(`^(?:${pattern})$`, "u").test(value); } catch { return true; } };

onmessage = ({ data: [place, pattern, value] }) => postMessage([place, matches(pattern, value)]);
postMessage("ready");
