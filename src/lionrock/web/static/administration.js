// What the administration's pages need besides app.js: questions as dialogs, ids to copy, search by key.
"use strict";

(() => {
  const sheet = () => document.querySelector("#sheet");

  // On a small screen the sections are one row, wider than it.
  document.querySelector(".rail [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

  // A question that htmx fetched opens as a dialog; without this script it is a page of its own.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target === sheet()) sheet().showModal();
    if (event.target.id === "notice") {
      if (sheet()?.open) sheet().close();
      event.target.scrollIntoView({ block: "nearest" });
    }
  });

  // A form that came back shows where it is wrong; what came in its place is read from its beginning.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id !== "desk") return;
    const wrong = document.querySelector("#desk [aria-invalid=true]");
    if (wrong) wrong.focus();
    else if (document.querySelector("#desk [data-read]")) scrollTo({ top: 0 });
  });

  document.addEventListener("click", async (event) => {
    const close = event.target.closest("#sheet [data-close]");
    if (close) {
      event.preventDefault();
      sheet().close();
    }
    const button = event.target.closest("button[data-copy-text]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copyText);
    const shown = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = shown; }, 1200);
  });

  document.addEventListener("keydown", (event) => {
    const field = document.querySelector("[data-search]");
    if (event.key !== "/" || !field || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select") || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
})();
