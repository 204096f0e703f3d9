// The amount of a payment follows what is ticked, until somebody types another. Without this script it is typed.
"use strict";

(() => {
  const form = document.querySelector("[data-credit]");
  if (!form) return;
  const amount = form.elements.yen;
  const ticks = [...form.querySelectorAll("input[data-yen]")];
  const ticked = () =>
    Math.max(ticks.filter((tick) => tick.checked).reduce((sum, tick) => sum + Number(tick.dataset.yen), 0) - Number(form.dataset.credit), 0);

  let follows = Number(amount.value) === ticked();
  amount.addEventListener("input", () => { follows = false; });
  for (const tick of ticks) {
    tick.addEventListener("change", () => {
      if (follows) amount.value = ticked() || "";
    });
  }
})();
