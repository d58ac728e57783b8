// One theme for all portals: the admin theme keeps its choice in local storage, the others in a cookie. Runs before Alpine.
(() => {
  const stored = () => (localStorage.getItem("adminTheme") || '"auto"').replaceAll('"', "");
  const cookie = document.cookie.match(/(?:^|; )theme=(auto|light|dark)/)?.[1];
  if (cookie) localStorage.setItem("adminTheme", JSON.stringify(cookie));
  let known = stored();
  const tell = () => {
    if (stored() === known) return;
    known = stored();
    fetch("/theme/", { method: "POST", body: new URLSearchParams({ theme: known }) });
  };
  for (const name of ["click", "keydown"]) window.addEventListener(name, () => setTimeout(tell, 200));
})();
