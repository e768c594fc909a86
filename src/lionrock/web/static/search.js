// The search page: arrows go from result to result, and the field is the first of them.
"use strict";

(() => {
  const field = () => document.querySelector("[data-search]");
  const results = () => [...document.querySelectorAll("[data-result]")];

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.key === "/" && field() && !event.target.closest("input:not([type=checkbox]), textarea, select")) {
      event.preventDefault();
      field().focus();
      field().select();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const at = results().indexOf(document.activeElement);
    const inField = document.activeElement === field();
    if (at < 0 && !inField && document.activeElement !== document.body && document.activeElement.id !== "main") return;
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    const to = next < 0 ? field() : results()[next];
    if (!to) return;
    event.preventDefault();
    to.focus({ preventScroll: true });
    to.scrollIntoView({ block: "nearest" });
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches(".facets input")) event.target.form.requestSubmit();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close-dialog]")) event.target.closest("dialog").close();
  });

  // On a small screen what can be narrowed waits folded, above the results.
  const fold = () => {
    const facets = document.querySelector("[data-facets]");
    if (facets && matchMedia("(max-width: 900px)").matches && !facets.querySelector("input:checked")) facets.open = false;
  };
  document.addEventListener("DOMContentLoaded", fold);
  matchMedia("(max-width: 900px)").addEventListener("change", ({ matches }) => {
    const facets = document.querySelector("[data-facets]");
    if (matches) fold();
    else if (facets) facets.open = true;
  });
  document.addEventListener("htmx:afterSettle", (event) => event.detail.target?.id === "found" && fold());
})();
