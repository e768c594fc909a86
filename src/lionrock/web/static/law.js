// The comparison of two versions: n or j to the next change, p or k to the one before.
"use strict";

(() => {
  const hop = (by) => {
    const changes = [...document.querySelectorAll("[data-change]")];
    if (!changes.length) return;
    const at = changes.indexOf(document.activeElement.closest("[data-change]"));
    const next = at < 0 ? (by > 0 ? 0 : changes.length - 1) : Math.min(changes.length - 1, Math.max(0, at + by));
    changes[next].focus();
  };

  document.addEventListener("keydown", (event) => {
    const by = { n: 1, j: 1, p: -1, k: -1 }[event.key];
    if (!by || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select")) return;
    event.preventDefault();
    hop(by);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-hop]");
    if (button) hop(Number(button.dataset.hop));
  });
})();
