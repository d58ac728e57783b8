// The rubric saves itself; what the server has not confirmed stays in this browser. Keys 1–5 and n score the criterion
// one is in. Without this script the page is a form with a button.
(() => {
  const form = document.querySelector("form[data-review]");
  if (!form) return;
  const words = form.dataset;
  const status = document.getElementById("saved");
  const version = form.elements.version;
  const storageKey = `review:${words.review}`;
  const WAIT = 800, FIRST_RETRY = 2000, LAST_RETRY = 30000, LEAVING = 15000;
  let timer = null, retry = FIRST_RETRY, sending = false, dirty = false, submitting = false, leaving = false;

  const say = (text, failed = false) => {
    if (status.textContent !== text) status.textContent = text;
    status.classList.toggle("is-failed", failed);
  };
  const pairs = () => [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken" && name !== "version");
  const keep = () => {
    try { localStorage.setItem(storageKey, JSON.stringify({ version: version.value, pairs: pairs() })); } catch { /* the page still holds the text */ }
  };
  const forget = () => { try { localStorage.removeItem(storageKey); } catch { /* as above */ } };

  const touched = (wait = WAIT) => {
    dirty = true;
    keep();
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };

  const later = (text) => {
    say(text, true);
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, retry);
    retry = Math.min(retry * 2, LAST_RETRY);
  };

  const save = async () => {
    if (sending || submitting || !dirty) return;
    sending = true;
    dirty = false;
    say(words.saving);
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, redirect: "manual" });
      if (answer.type === "opaqueredirect" || answer.status === 403) return later(words.signedOut);
      if (answer.status >= 500 || answer.status === 429) return later(words.retrying);
      const said = await answer.json();
      if (!answer.ok) return say(said.stale ? words.stale : said.message, true);
      version.value = said.version;
      retry = FIRST_RETRY;
      // The next page may have been drawn before this save arrived: it compares, and forgets what it shows itself.
      if (dirty || leaving) keep(); else forget();
      if (!dirty) say(said.message);
    } catch {
      later(words.retrying);
    } finally {
      sending = false;
      if (dirty && retry === FIRST_RETRY) { clearTimeout(timer); timer = setTimeout(save, WAIT); }
    }
  };

  const putBack = () => {
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(storageKey)); } catch { forget(); }
    if (!kept || JSON.stringify(kept.pairs) === JSON.stringify(pairs())) return forget();
    version.value = kept.version; // saved elsewhere since? then the save is refused and both texts are shown
    const values = new Map(kept.pairs);
    [...form.elements].forEach((one) => {
      if (!one.name || one.type === "hidden" || one.type === "submit") return;
      if (one.type === "radio") one.checked = values.get(one.name) === one.value;
      else one.value = values.get(one.name) ?? "";
    });
    say(words.kept);
    touched(0);
  };

  form.addEventListener("input", () => touched());
  form.addEventListener("submit", () => { submitting = true; });
  window.addEventListener("beforeunload", () => {
    leaving = true;
    setTimeout(() => { leaving = false; }, LEAVING); // a download only looks like leaving
  });
  window.addEventListener("online", () => { if (dirty) save(); });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const box = event.target.closest?.("[data-criterion]");
    if (!box || event.target.matches("textarea, input:not([type=radio])")) return;
    const value = event.key.toLowerCase() === "n" ? "na" : event.key;
    const choice = [...box.querySelectorAll("input[type=radio]")].find((one) => one.value === value);
    if (!choice) return;
    event.preventDefault();
    choice.checked = true;
    choice.focus();
    touched();
  });

  putBack();
})();
