// The editor of a translation: Ctrl+Enter accepts a segment and goes on to the next, Alt+arrows move.
"use strict";

(() => {
  const fields = () => [...document.querySelectorAll("[data-segment]")];

  const move = (from, step) => {
    const every = fields();
    const to = every[every.indexOf(from) + step];
    if (!to) return;
    to.focus({ preventScroll: true });
    to.scrollIntoView({ block: "center" });
  };

  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("[data-segment]");
    if (!field || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      field.form.querySelector("[data-accept]").click();
    } else if (event.altKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      move(field, event.key === "ArrowDown" ? 1 : -1);
    }
  });

  // A segment that came back accepted hands the keyboard on; one that was refused keeps it.
  document.addEventListener("htmx:afterSettle", (event) => {
    const now = event.target.closest(".segment");
    const field = now && now.querySelector("[data-segment]");
    if (!field) return;
    if (now.classList.contains("accepted")) move(field, 1);
    else field.focus({ preventScroll: true });
  });
})();
