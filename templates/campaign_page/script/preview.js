// Only in a preview. The phone of the form builder is a sandbox that nobody can look into, so the page in it
// tells how far it is scrolled; and since it stands at no address of its own, its links are minded here.

const builder = new URL(import.meta.url).origin;

if (parent !== window) {
  addEventListener("scroll", () => parent.postMessage({ scrolled: scrollY }, builder), { passive: true });
  addEventListener("message", ({ source, origin, data }) => {
    if (source === parent && origin === builder && Number.isFinite(data?.scrollTo)) scrollTo(0, data.scrollTo);
  });
  addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const place = link?.getAttribute("href");
    if (place?.startsWith("#")) document.getElementById(place.slice(1))?.scrollIntoView();
    else if (!link || link.origin === builder) return; // another language
    event.preventDefault();
  });
}
