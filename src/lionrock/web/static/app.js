// What htmx does not do: sign-in, uploads, the source panel, the keyboard. Nothing here writes markup
// of its own; texts come from the page, in the reader's language.
"use strict";

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const narrow = matchMedia("(max-width: 900px)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

// -- Sign-in: the token comes in the fragment, which browsers do not send --------------------------

function signIn() {
  const form = one("#sign-in") || one("#invitation");
  if (!form || location.hash.length < 2) return;
  form.elements.token.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
  if (form.id === "invitation") return;
  one("#no-token").hidden = true;
  form.hidden = false;
  form.submit();
}

// -- The source panel ------------------------------------------------------------------------------

const panel = () => one("#panel");
let opener = null;

function showPanel() {
  panel().hidden = false;
  panel().scrollTop = 0;
  toMark(panel(), panel());
}

function closePanel() {
  if (!panel() || panel().hidden) return false;
  panel().hidden = true;
  panel().replaceChildren();
  all("[aria-current=location]").forEach((link) => link.removeAttribute("aria-current"));
  if (opener && opener.isConnected) opener.focus({ preventScroll: true });
  return true;
}

// Bring the marked words to the middle of the panel, or of the window when there is no panel.
function toMark(root, scroller) {
  const mark = one(".marks:not(.law-marks) rect", root);
  if (!mark) return;
  const box = mark.getBoundingClientRect();
  const above = one(".viewer-head", root)?.offsetHeight || 0;
  const frame = scroller === window ? { top: 0, height: innerHeight } : scroller.getBoundingClientRect();
  const by = box.top - frame.top - above - (frame.height - above - box.height) / 2;
  scroller.scrollBy({ top: by, behavior: calm.matches ? "auto" : "smooth" });
}

// Bring the chosen cell into view in its table, which may be wider than its place.
function toCell(cell) {
  const grid = cell?.closest(".grid");
  if (grid) {
    const [box, frame] = [cell, grid].map((element) => element.getBoundingClientRect());
    grid.scrollLeft += box.left - frame.left - (frame.width - box.width) / 2;
    grid.scrollTop += box.top - frame.top - (frame.height - box.height) / 2;
  }
}

function noteOpener(link) {
  if (link.closest("#panel")) return;
  all("[aria-current=location]").forEach((other) => other.removeAttribute("aria-current"));
  const address = link.getAttribute("href");
  all("#run a[href], [data-result]").filter((a) => a.getAttribute("href") === address)
    .forEach((a) => a.setAttribute("aria-current", "location"));
  opener = link;
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, target } = event.detail;
  if (!target || target.id !== "panel") return;
  if (narrow.matches) {           // A small screen has no room beside the answer: go to the page.
    event.preventDefault();
    location.assign(elt.getAttribute("href"));
  } else {
    noteOpener(elt);
  }
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "panel") return;
  showPanel();
  panel().focus({ preventScroll: true });
});

// A link that htmx serves still opens in a new tab when the reader asks for one.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[hx-get]");
  if (link && (event.ctrlKey || event.metaKey || event.shiftKey)) event.stopPropagation();
}, true);

// -- A run -----------------------------------------------------------------------------------------

// After a lost connection the stream may begin again: what was shown is not shown twice.
document.addEventListener("htmx:sseBeforeMessage", (event) => {
  const number = Number(event.detail.lastEventId);
  if (number <= Number(event.target.dataset.seen || 0)) event.preventDefault();
  else event.target.dataset.seen = number;
});

document.addEventListener("htmx:sseError", (event) => {
  const run = event.target.closest("[data-run]");
  const source = event.detail.source;
  if (run && source && source.readyState === EventSource.CLOSED) {
    htmx.ajax("GET", `/runs/${run.dataset.run}`, { target: "#run", swap: "outerHTML" });
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, successful } = event.detail;
  if (elt.id !== "ask" || !successful) return;
  if (!elt.matches(".task")) elt.reset();    // A task is often done again, with one thing changed.
  elt.closest(".column").classList.add("begun");
  closePanel();
  scrollTo({ top: 0 });
  one("#run").focus({ preventScroll: true });
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const stop = one("#run [data-stop]");
  if (event.detail.elt.id === "ask" && stop) stop.click();   // The question before gives way.
});

document.addEventListener("htmx:sendError", () => {
  const box = document.createElement("p");
  box.className = "card failed notice";
  box.textContent = document.body.dataset.lost;
  one("#notice").replaceChildren(box);
});

// -- Dialogs and small buttons ---------------------------------------------------------------------

document.addEventListener("htmx:confirm", (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  const dialog = one("#confirm");
  one("#confirm-text").textContent = event.detail.question;
  dialog.returnValue = "";
  dialog.onclose = () => dialog.returnValue === "yes" && event.detail.issueRequest(true);
  dialog.showModal();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.open) one(`#${button.dataset.open}`).showModal();
  if ("closePanel" in button.dataset) closePanel();
  if ("dismiss" in button.dataset) one("#notice").replaceChildren();
  if ("dismissRow" in button.dataset) button.closest("li").remove();
  if (button.dataset.copy) copy(button);
});

async function copy(button) {
  await navigator.clipboard.writeText(one(`#${button.dataset.copy}`).textContent);
  button.textContent = button.dataset.done;
}

// The language switch returns to where the reader is, also after the address changed under the page.
document.addEventListener("submit", (event) => {
  const back = event.target.elements.back;
  if (back) back.value = location.pathname + location.search;
});

// -- The keyboard ----------------------------------------------------------------------------------

const typing = (element) => element.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return;    // A Chinese input method has the keys.
  if (event.key === "Enter" && event.target.matches(".picker input")) return event.preventDefault();    // It looks, it does not send.
  if (event.key === "Enter" && event.target.matches("textarea")) return submitByKey(event);
  if (event.key === "Escape" && !one("dialog[open]") && closePanel()) return event.preventDefault();
  if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey || one("dialog[open]")) return;
  if (byKey(event.key)) event.preventDefault();
});

function submitByKey(event) {
  const form = event.target.form;
  const short = "first" in event.target.dataset && event.target.maxLength > 0;
  if (!form || event.shiftKey || !(event.ctrlKey || event.metaKey || short)) return;
  event.preventDefault();
  form.requestSubmit();
}

function byKey(key) {
  const found = {
    "/": () => one("#ask [data-first]") || one(".sift [data-search]"),
    "?": () => one("#help"),
    ArrowLeft: () => one("[data-prev]"),
    ArrowRight: () => one("[data-next]"),
  }[key] || (/^[1-9]$/.test(key) ? () => one(`#run [data-source="${key}"]`) : null);
  const element = found && found();
  if (!element) return false;
  if (key === "/") element.focus();
  else if (key === "?") element.showModal();
  else {
    window.htmx?.process(element);    // An answer just streamed in may not be htmx's yet.
    element.click();
  }
  return true;
}

// -- Uploads: one file at a time, each with its own bar --------------------------------------------

const queue = [];
let uploading = false;

function take(files) {
  for (const file of files) {
    const row = one("#upload-row").content.firstElementChild.cloneNode(true);
    one(".name", row).textContent = file.name;
    one("#uploads").append(row);
    queue.push([file, row]);
  }
  next();
}

function next() {
  if (uploading || !queue.length) return;
  const [file, row] = queue.shift();
  const form = one("#upload");
  if (file.size > Number(form.dataset.most)) {
    fail(row, form.dataset.tooLarge);
    return next();
  }
  uploading = true;
  send(file, row, form).finally(() => { uploading = false; next(); });
}

function send(file, row, form) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", file);
    request.open("POST", form.action);
    request.setRequestHeader("HX-Request", "true");
    request.upload.onprogress = (event) => event.lengthComputable && advance(row, event.loaded / event.total, form);
    request.onload = () => { landed(request, row, form); done(); };
    request.onerror = () => { fail(row, form.dataset.lost); done(); };
    request.send(body);
  });
}

function advance(row, share, form) {
  const bar = one("progress", row);
  if (share < 1) bar.value = share;
  else bar.removeAttribute("value");
  one(".percent", row).textContent = share < 1 ? `${Math.floor(share * 100)} %` : "";
  one(".state", row).textContent = share < 1 ? "" : form.dataset.checking;
}

function landed(request, row, form) {
  const to = request.getResponseHeader("HX-Redirect");
  if (to) return location.assign(to);
  const answer = document.createElement("template");
  answer.innerHTML = request.responseText;
  const added = one("li.document", answer.content);
  if (request.status !== 201 || !added) return fail(row, one("p", answer.content)?.textContent || form.dataset.lost);
  one(`#${added.id}`)?.remove();
  htmx.swap("#documents", request.responseText, { swapStyle: "afterbegin" });
  if ("duplicate" in added.dataset) note(row, form.dataset.duplicate);
  else row.remove();
}

function note(row, text) {
  one(".state", row).textContent = text;
  one(".percent", row).textContent = "";
  one("progress", row).remove();
  one("[data-dismiss-row]", row).hidden = false;
}

function fail(row, text) {
  row.classList.add("failed");
  one(".state", row).classList.add("failed");
  note(row, text);
}

function uploads() {
  const input = one("#file");
  if (!input) return;
  input.addEventListener("change", () => { take(input.files); input.value = ""; });
  let depth = 0;
  const over = (change) => {
    depth = Math.max(0, depth + change);
    document.body.classList.toggle("dropping", depth > 0);
  };
  addEventListener("dragenter", (event) => { event.preventDefault(); over(1); });
  addEventListener("dragleave", () => over(-1));
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    over(-depth);
    take([...event.dataTransfer.files]);
  });
}

document.addEventListener("DOMContentLoaded", () => {
  signIn();
  uploads();
  const badge = one("#new-matches");    // How many saved searches have something new.
  if (badge && window.htmx) htmx.ajax("GET", badge.dataset.from, { target: badge, swap: "innerHTML" });
  toCell(one(".page-tables [aria-current]"));
  if (one(".reader")) toMark(one(".reader"), window);
  if (one("#ask [data-first]") && !one("article.run") && !narrow.matches) one("#ask [data-first]").focus();
});
