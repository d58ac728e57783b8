// What the shared page parts do beyond plain HTML. Each works without this file, only less comfortably.
(() => {
  const one = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  // Menus: one open at a time; Escape and a click elsewhere close them.
  const closeMenus = (except) => all("details.menu[open]").forEach((menu) => { if (menu !== except) menu.open = false; });
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest?.("details.menu[open]");
    closeMenus();
    if (menu) one("summary", menu).focus();
  });

  // Theme: apply at once, remember by the same form that works without this script.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const choice = event.submitter?.value;
    if (!form.matches("[data-theme-form]") || !choice) return;
    event.preventDefault();
    document.documentElement.dataset.theme = choice;
    document.dispatchEvent(new CustomEvent("theme:chosen"));
    all("button[name=theme]", form).forEach((button) => button.setAttribute("aria-pressed", String(button.value === choice)));
    fetch(form.action, { method: "POST", body: new URLSearchParams({ theme: choice }) });
  });

  // Messages can be put away.
  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-dismiss]");
    if (close) close.closest(".notice").remove();
  });

  // A field with a limit says how much is left.
  const count = (field) => {
    const counter = document.getElementById(`${field.id}_counter`);
    if (!counter) return;
    const left = Number(field.dataset.limit) - [...field.value].length;
    counter.textContent = (left < 0 ? counter.dataset.over : counter.dataset.left).replace("{n}", Math.abs(left).toLocaleString());
    counter.classList.toggle("over", left < 0);
  };
  document.addEventListener("input", (event) => { if (event.target.dataset?.limit) count(event.target); });

  // A second press on a button that is already sending does nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented || form.matches("[data-hx-post], [hx-post]")) return;
    if (form.dataset.sending) { event.preventDefault(); return; }
    form.dataset.sending = "1";
    window.addEventListener("pageshow", () => delete form.dataset.sending, { once: true });
  });

  // Copy a key or a link.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(one(button.dataset.copy).textContent.trim());
    button.textContent = button.dataset.copied;
  });

  // htmx got no answer, or a failure: say so, and leave the page as it is. A 4xx brings its own message.
  const lost = () => {
    const box = document.getElementById("messages");
    const words = document.getElementById("lost-connection");
    if (box && words && !one("[data-lost]", box)) {
      const notice = words.content.firstElementChild.cloneNode(true);
      notice.dataset.lost = "";
      box.append(notice);
    }
  };
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) document.addEventListener(name, (event) => {
    if (!event.target.closest?.("[data-quiet]")) lost();
  });

  const ready = (root) => {
    all("[data-limit]", root).forEach(count);
    one("[data-focus]", root)?.focus();
  };
  // The admin theme loads this in the head, without defer.
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => ready(document));
  else ready(document);
  document.addEventListener("htmx:load", (event) => ready(event.target));
})();
