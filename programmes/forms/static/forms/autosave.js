// Saves each answer by itself. What is not confirmed by the server stays in this browser, under the application's id.
// Without this script the page is a form with a button.
(() => {
  const form = document.querySelector("form[data-answers]");
  if (!form) return;
  const words = form.dataset;
  const status = document.getElementById("saved");
  const WAIT = 800, FIRST_RETRY = 2000, LAST_RETRY = 30000;
  const LEAVING = 15000;
  const questions = new Map();
  let leaving = false;

  const say = (text, failed = false) => {
    if (status.textContent !== text) status.textContent = text;
    status.classList.toggle("is-failed", failed);
  };
  const storageKey = (key) => `answers:${words.answers}:${key}`;
  const stateOf = (box) => box.querySelector("input[name$='.state']");

  // ── What is typed, and keeping it ──
  const pairs = (box) => [...box.querySelectorAll("input, textarea, select")]
    .filter((one) => one.name && one.type !== "file" && one.type !== "hidden" && !((one.type === "checkbox" || one.type === "radio") && !one.checked))
    .map((one) => [one.name, one.value]);

  const keep = (question) => {
    try {
      localStorage.setItem(storageKey(question.key), JSON.stringify({ state: stateOf(question.box).value, pairs: pairs(question.box) }));
    } catch { /* no room or not allowed: the page itself still holds the text */ }
  };
  const forget = (question) => { try { localStorage.removeItem(storageKey(question.key)); } catch { /* as above */ } };

  const putBack = (question) => {
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(storageKey(question.key))); } catch { forget(question); }
    if (!kept || JSON.stringify(kept.pairs) === JSON.stringify(pairs(question.box))) return forget(question);
    question.box.dispatchEvent(new CustomEvent("rows:needed", { detail: kept.pairs.map(([name]) => name) }));
    const values = new Map();
    kept.pairs.forEach(([name, value]) => values.set(name, [...(values.get(name) || []), value]));
    question.box.querySelectorAll("input, textarea, select").forEach((one) => {
      if (!one.name || one.type === "file" || one.type === "hidden") return;
      const found = values.get(one.name) || [];
      if (one.type === "checkbox" || one.type === "radio") one.checked = found.includes(one.value);
      else one.value = found[0] ?? "";
    });
    stateOf(question.box).value = kept.state;
    say(words.kept);
    touched(question, 0);
  };

  // ── Sending ──
  const body = (question) => {
    const data = new FormData();
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    data.append(stateOf(question.box).name, stateOf(question.box).value);
    pairs(question.box).forEach(([name, value]) => data.append(name, value));
    return data;
  };

  const touched = (question, wait = WAIT) => {
    question.dirty = true;
    clearTimeout(question.timer);
    question.timer = setTimeout(() => save(question), wait);
  };

  const save = async (question) => {
    clearTimeout(question.timer);
    if (question.saving) return question.saving.then(() => save(question)); // what was typed since goes after it
    if (!question.dirty || question.conflict) return;
    question.dirty = false;
    say(words.saving);
    question.saving = send(question).finally(() => { question.saving = null; });
    await question.saving;
    if (question.dirty && !question.failed) await save(question);
  };

  const send = async (question) => {
    let response;
    try {
      response = await fetch(words.saveTo + question.key + "/", { method: "POST", body: body(question), redirect: "error" });
      if (response.status >= 500) throw new Error(response.status);
    } catch {
      return retry(question);
    }
    if (!response.headers.has("X-Answer-State")) return retry(question, words.signedOut);
    question.failed = 0;
    await settle(question, response);
  };

  const retry = (question, text = words.retrying) => {
    question.dirty = true;
    question.failed = (question.failed || 0) + 1;
    say(text, true);
    clearTimeout(question.timer);
    question.timer = setTimeout(() => save(question), Math.min(FIRST_RETRY * 2 ** (question.failed - 1), LAST_RETRY));
  };

  const settle = async (question, response) => {
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    page.querySelectorAll("[data-for]").forEach((part) => document.getElementById(part.dataset.for)?.replaceChildren(...part.childNodes));
    const conflict = page.querySelector("[data-conflict-for]");
    if (conflict) question.box.querySelector("[data-conflict]").replaceChildren(...conflict.childNodes);
    const file = page.querySelector("[data-file-for]");
    if (file) question.box.querySelector("[data-file]")?.replaceChildren(...file.childNodes);
    question.conflict = Boolean(question.box.querySelector(".conflict"));
    question.box.classList.toggle("has-error", !response.ok);
    if (!response.ok) return say(words.problem, true);
    stateOf(question.box).value = response.headers.get("X-Answer-State");
    const asked = response.headers.get("X-Asked").split(",");
    questions.forEach((one) => { one.box.hidden = !asked.includes(one.key); });
    // The next page may have been drawn before this save arrived: it compares, and forgets what it shows itself.
    if (question.dirty || leaving) keep(question); else forget(question);
    say(words.saved.replace("{time}", response.headers.get("X-Answer-Saved")));
  };

  // ── Files: with progress, and refused before they are sent if they are too large ──
  const upload = (question, file) => {
    const drop = question.box.querySelector("[data-drop]");
    const error = document.getElementById(`q-${question.key}_error`);
    if (file.size > Number(drop.dataset.most)) { error.textContent = drop.dataset.tooLarge; return say(words.problem, true); }
    const bar = drop.querySelector("progress");
    const data = body(question);
    data.append(`q-${question.key}`, file);
    const request = new XMLHttpRequest();
    request.open("POST", words.saveTo + question.key + "/");
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = 100 * event.loaded / event.total; });
    const failed = () => { bar.hidden = true; say(words.retrying, true); setTimeout(() => upload(question, file), FIRST_RETRY * 2); };
    request.addEventListener("error", failed);
    request.addEventListener("load", async () => {
      bar.hidden = true;
      const state = request.getResponseHeader("X-Answer-State");
      if (request.status >= 500) return failed();
      if (!state) return say(words.signedOut, true);
      drop.querySelector("input[type=file]").value = "";
      await settle(question, { ok: request.status === 200, text: async () => request.responseText, headers: { get: (name) => request.getResponseHeader(name) } });
    });
    bar.value = 0; bar.hidden = false;
    say(words.saving);
    request.send(data);
  };

  // ── Wiring ──
  const start = (box) => {
    const question = { key: box.dataset.question, box, dirty: false, failed: 0 };
    questions.set(question.key, question);
    box.addEventListener("input", (event) => {
      if (event.target.type === "file") return;
      keep(question);
      touched(question);
    });
    box.addEventListener("change", (event) => {
      if (event.target.type === "file") { if (event.target.files[0]) upload(question, event.target.files[0]); return; }
      touched(question, 0);
    });
    box.addEventListener("rows:changed", () => { keep(question); touched(question, 0); });
    box.addEventListener("click", (event) => {
      const button = event.target.closest("[data-keep], [data-take], [data-remove-file]");
      if (!button) return;
      event.preventDefault();
      if ("removeFile" in button.dataset) return removeFile(question);
      forget(question);
      if ("take" in button.dataset) return saveAll().then(() => location.reload());
      stateOf(box).value = button.dataset.state;
      button.closest(".conflict").remove();
      question.conflict = false;
      touched(question, 0);
    });
    const drop = box.querySelector("[data-drop]");
    if (drop) dropZone(question, drop);
    putBack(question);
  };

  const removeFile = async (question) => {
    const data = body(question);
    data.append("remove-file", question.key);
    try { await settle(question, await fetch(words.saveTo + question.key + "/", { method: "POST", body: data, redirect: "error" })); }
    catch { say(words.retrying, true); }
  };

  const dropZone = (question, drop) => {
    ["dragover", "dragleave", "drop"].forEach((name) => drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", name === "dragover");
      if (name === "drop" && event.dataTransfer.files[0]) upload(question, event.dataTransfer.files[0]);
    }));
  };

  const saveAll = () => Promise.all([...questions.values()].map((question) => save(question)));
  const unsaved = () => [...questions.values()].some((question) => question.dirty || question.saving);

  // The button waits for what is on its way, so that our own late save is not taken for somebody else's.
  form.addEventListener("submit", async (event) => {
    if (!unsaved()) return;
    event.preventDefault();
    const button = event.submitter;
    await saveAll();
    if (!unsaved()) form.requestSubmit(button);
  });
  window.addEventListener("online", saveAll);
  window.addEventListener("beforeunload", () => {
    leaving = true;
    setTimeout(() => { leaving = false; }, LEAVING); // a download only looks like leaving
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden) saveAll(); });
  // On a phone the list of sections starts folded, so that the questions come first.
  if (window.matchMedia("(max-width: 61.99rem)").matches) document.querySelector(".sections-fold").open = false;
  form.querySelectorAll("[data-question]").forEach(start);
})();
