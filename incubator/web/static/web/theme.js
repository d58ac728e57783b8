// Before the first paint: turn the reader's choice (auto, light, dark) into the theme Bootstrap knows.
// The server writes the choice on <html>; without this script "auto" is light.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const choice = root.dataset.theme;
    root.dataset.bsTheme = choice === "dark" || (choice !== "light" && dark.matches) ? "dark" : "light";
  };
  apply();
  dark.addEventListener("change", apply);
  document.addEventListener("theme:chosen", apply);
})();
