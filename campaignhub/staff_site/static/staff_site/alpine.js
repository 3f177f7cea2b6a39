// What unfold's templates call in their Alpine expressions. Alpine's build for a Content-Security-Policy
// knows no globals: each function of unfold's app.js that an expression names is registered here.
// The build is chosen by templates/unfold/layouts/skeleton.html, which loads this file before it starts.

// Unfold writes the name of a chosen file into the nearest text input, which is its own widget's. Ours
// has none, so that another field would get it, or the page an error: unfold finds each input done.
HTMLInputElement.prototype.hasChangeListener = true;

document.addEventListener("alpine:init", () => {
  const SIDEBAR = "sidebarDesktopOpen", HISTORY = "commandHistory";
  const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* a private window keeps nothing */ } };

  for (const [name, make] of Object.entries({ theme, searchForm, searchDropdown })) Alpine.data(name, make);

  // The body: which tab is open, whether the navigation is shown on a phone and on a desktop.
  Alpine.data("staffPage", (firstTab = "") => ({
    activeTab: firstTab,
    sidebarMobileOpen: false,
    sidebarDesktopOpen: kept(SIDEBAR) !== "0",
    // Unfold's forms read the address in an expression.
    window: { get location() { const { pathname, search } = location; return { pathname, search }; } },
    sortRecords: (event) => window.sortRecords(event),
    init() {
      this.activeTab = getCurrentTab() || firstTab;
      this.$watch(SIDEBAR, (open) => keep(SIDEBAR, open ? "1" : "0"));
    },
  }));

  Alpine.data("searchCommand", () => {
    forgetStrangeHistory();
    const palette = searchCommand();
    palette.chooseItem = function (event) { if (!event.metaKey && !event.ctrlKey) this.selectItem(true, false); };
    return palette;
  });

  // The palette offers what it finds in the browser's storage: only addresses of this site stay in it.
  function forgetStrangeHistory() {
    const text = kept(HISTORY) || "[]";
    let own = [];
    try { own = JSON.parse(text).filter((item) => new URL(item.link, location.href).origin === location.origin); } catch { /* not ours to read */ }
    if (JSON.stringify(own) !== text) keep(HISTORY, JSON.stringify(own));
  }
});
