// What the pages of screening need besides htmx: j and k in the queue, and a desk that does not ask twice.
"use strict";

(() => {
  const said = (form) => new URLSearchParams(new FormData(form)).toString();

  // What is put on record ends a look that is on its way, and is not looked up again by one that waits.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = document.querySelector("#screen");
    if (!form) return;
    if (event.detail.elt === form) {
      form.dataset.said = said(form);
      htmx.trigger("#live", "htmx:abort");
    }
    if (event.detail.elt.id === "live" && form.dataset.said === said(form)) event.preventDefault();
  });

  // A chosen list needs no new name; a file suggests one.
  document.addEventListener("change", (event) => {
    const name = document.querySelector("#new-name");
    if (!name) return;
    if (event.target.id === "f-list") name.hidden = event.target.value !== "";
    const field = name.querySelector("input");
    if (event.target.id === "f-file" && !field.value && event.target.files.length) {
      field.value = event.target.files[0].name.replace(/\.[^.]*$/, "").slice(0, 100);
    }
  });

  document.addEventListener("keydown", (event) => {
    if (!["j", "k"].includes(event.key) || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select") || document.querySelector("dialog[open]")) return;
    const rows = [...document.querySelectorAll("[data-rows] [data-row]")];
    if (!rows.length) return;
    event.preventDefault();
    const at = rows.indexOf(document.activeElement);
    const next = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)));
    rows[next].focus();
  });
})();
