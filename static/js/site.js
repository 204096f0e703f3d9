// Small extras, each hung on a data attribute. Every page works without them.

// data-copy="text": copies it, and says so on the button for a moment.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const words = button.textContent;
  button.textContent = button.dataset.copied || "✓";
  setTimeout(() => { button.textContent = words; }, 1600);
});

// data-print: prints the page.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// data-submit-on-change on a control: sends its form (without JavaScript the form has a button).
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});

// data-once on a form: a second tap while it is under way sends nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("once" in form.dataset)) return;
  if (form.dataset.once === "sent") event.preventDefault();
  form.dataset.once = "sent";
  form.setAttribute("aria-busy", "true");
});

// The back button may bring a page back as it was left: free its forms, and its seat counts from before.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-once]")) {
    form.dataset.once = "";
    form.removeAttribute("aria-busy");
  }
});

// A day strip that scrolls shows its current day at once.
for (const current of document.querySelectorAll(".day-strip [aria-current]")) {
  const strip = current.parentElement;
  strip.scrollLeft = current.offsetLeft - strip.offsetLeft - (strip.clientWidth - current.offsetWidth) / 2;
}

// data-signed-out on the page: what the passport's worker keeps for its holder is nobody else's to read.
if (document.body.matches("[data-signed-out]") && "caches" in window) caches.delete("passport");
