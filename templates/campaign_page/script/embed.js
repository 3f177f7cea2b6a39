// One tag on a client's own site: <script async src="https://…/campaign/embed.js" data-title="…"></script>
// puts the campaign's page in its place, as tall as it is. No cookie, no look at the site around it.
(() => {
  const tag = document.currentScript;
  const page = new URL(tag.dataset.language ? `./${encodeURIComponent(tag.dataset.language)}/` : "./", tag.src);
  const frame = document.createElement("iframe");
  frame.src = page.href;
  frame.title = tag.dataset.title || "";
  frame.allow = "camera; clipboard-write";
  frame.style.cssText = "display:block;width:100%;height:800px;border:0";
  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== page.origin) return;
    const height = event.data?.campaignHeight;
    if (Number.isFinite(height) && height > 0 && height < 50000) frame.style.height = `${height}px`;
  });
  tag.after(frame);
})();
