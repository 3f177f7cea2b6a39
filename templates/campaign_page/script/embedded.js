// Within a client's own site: tells that site how tall the page is, so that its frame needs no scroll bar.
// The site that frames the page is told, and only if the page names it. Nothing is taken from it.

const named = (document.querySelector("meta[name=embed-origins]")?.content || "").split(" ").filter(Boolean);
const framing = window.location.ancestorOrigins; // Firefox has none: there the browser sorts out who may read what
const told = framing ? named.filter((origin) => origin === framing[0]) : named;

const tell = () => {
  const campaignHeight = Math.ceil(document.body.getBoundingClientRect().height);
  for (const origin of told) window.parent.postMessage({ campaignHeight }, origin);
};

new ResizeObserver(tell).observe(document.body);
addEventListener("load", tell);
tell();

// The rules and the privacy notice may not be framed by that site.
for (const link of document.querySelectorAll("a[href]:not([hreflang], [href^='#'])")) {
  link.target = "_blank";
  link.rel = "noopener";
}
