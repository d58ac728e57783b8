// Tables of rows: add and remove a row in place. Without this script the buttons post the form.
(() => {
  document.querySelectorAll("form[data-answers] [data-rows]").forEach((rows) => {
    const box = rows.closest("[data-question]");
    const template = box.querySelector("template[data-row]");
    let next = rows.children.length;

    const dress = (row) => {
      row.querySelector("[data-without-script]")?.remove();
      row.querySelector("[data-remove]").hidden = false;
    };
    const add = () => {
      const copy = template.content.cloneNode(true);
      copy.querySelectorAll("[name], [id], [for]").forEach((one) => ["name", "id", "for"].forEach((attribute) => {
        if (one.hasAttribute(attribute)) one.setAttribute(attribute, one.getAttribute(attribute).replace("-__-", `-${next}-`));
      }));
      next += 1;
      rows.append(copy);
      dress(rows.lastElementChild);
      return rows.lastElementChild;
    };

    [...rows.children].forEach(dress);
    box.querySelector("[data-add]").addEventListener("click", (event) => {
      event.preventDefault();
      add().querySelector("input").focus();
    });
    rows.addEventListener("click", (event) => {
      const button = event.target.closest("[data-remove]");
      if (!button) return;
      button.closest("[data-row-number]").remove();
      box.querySelector("[data-add]").focus();
      box.dispatchEvent(new CustomEvent("rows:changed"));
    });
    // Text that is put back may need rows that the page does not have.
    box.addEventListener("rows:needed", (event) => {
      const start = `q-${box.dataset.question}-`;
      const most = Math.max(-1, ...event.detail.map((name) => Number.parseInt(name.slice(start.length), 10)).filter(Number.isInteger));
      while (next <= most && next < 60) add();
    });
  });
})();
