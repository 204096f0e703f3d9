// The passport: its code is renewed while it is looked at, and it is kept for where there is no network.
// data-passport holds the address of the worker; data-network is "on", "off", or "kept" where the worker gave the page.
const passport = document.querySelector("[data-passport]");
const isKept = passport.dataset.network === "kept";

function connected(is) {
  if (is && isKept) window.location.reload();
  else if (!isKept) passport.dataset.network = is ? "on" : "off";
}

window.addEventListener("offline", () => connected(false));
window.addEventListener("online", () => {
  connected(true);
  for (const code of passport.querySelectorAll("[data-code]")) window.htmx.trigger(code, "renew");
});

// A code that nobody sees is not asked for; htmx asks once the page is looked at again.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden || !navigator.onLine) event.preventDefault();
});
document.addEventListener("htmx:afterOnLoad", () => connected(true));
for (const failure of ["htmx:sendError", "htmx:responseError"]) {
  document.addEventListener(failure, () => connected(false));
}

if (!navigator.onLine) connected(false);

async function keep() {
  await navigator.serviceWorker.register(passport.dataset.passport);
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage(performance.getEntriesByType("resource").map((part) => part.name));
}

if (passport.dataset.passport && !isKept && "serviceWorker" in navigator) window.addEventListener("load", keep);
