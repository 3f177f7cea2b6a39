/* The link in an invitation e-mail ends in its token, behind a #, which no server sees. Take it out of
   the address and send it in the body of a form. Without this script the page asks for the link. */
"use strict";

(() => {
  const open = () => {
    const token = location.hash.slice(1);
    if (!token) return;
    history.replaceState(null, "", location.pathname);
    const form = document.getElementById("invitation-link");
    form.elements.link.value = token;
    form.submit();
  };
  addEventListener("hashchange", open);
  open();
})();
