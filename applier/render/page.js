"use strict";
(() => {
  const items = [...document.querySelectorAll(".item[data-kind]")];
  const toggles = [...document.querySelectorAll("button[data-filter]")];
  const search = document.getElementById("search");
  const status = document.getElementById("status");
  const off = (filter) => new Set(
    toggles.filter((one) => one.dataset.filter === filter && one.getAttribute("aria-pressed") === "false")
      .map((one) => one.dataset.value));
  const show = () => {
    const actions = off("action"), kinds = off("kind"), words = search.value.trim().toLowerCase();
    let shown = 0;
    for (const one of items) {
      const fits = !actions.has(one.dataset.action) && !kinds.has(one.dataset.kind)
        && one.textContent.toLowerCase().includes(words);
      one.hidden = !fits;
      shown += fits;
    }
    status.textContent = shown === items.length ? `${shown} shown` : `${shown} of ${items.length} shown`;
  };
  for (const one of toggles) {
    one.addEventListener("click", () => {
      one.setAttribute("aria-pressed", String(one.getAttribute("aria-pressed") === "false"));
      show();
    });
  }
  if (search) {
    search.addEventListener("input", show);
    document.getElementById("fold").addEventListener("click", () => {
      const all = items.map((one) => one.querySelector("details")).filter(Boolean);
      const open = all.some((one) => !one.open);
      for (const one of all) one.open = open;
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "/" && document.activeElement !== search) { event.preventDefault(); search.focus(); }
      if (event.key === "Escape" && document.activeElement === search) { search.value = ""; show(); }
    });
    show();
  }
  document.getElementById("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
})();
