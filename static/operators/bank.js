// Keeps count and sum of the ticked rows of a bank's list, and ticks a row for which somebody is chosen.

const form = document.getElementById("bank-rows");
const count = document.getElementById("ticked-count");
const yen = document.getElementById("ticked-yen");

function reckon() {
  const ticked = [...form.querySelectorAll("input[data-yen]:checked")];
  const sum = ticked.reduce((total, box) => total + Number(box.dataset.yen), 0);
  count.textContent = ticked.length;
  yen.textContent = form.dataset.money.replace("%(amount)s", sum.toLocaleString("en"));
}

if (form && count) {
  form.addEventListener("change", (event) => {
    const row = event.target.closest(".op-bank-row");
    const box = row && row.querySelector("input[data-yen]");
    if (box && event.target !== box) {
      const select = row.querySelector("select");
      const words = row.querySelector("input[type=text]");
      const asks = !select || select.value === "other";
      box.checked = Boolean(asks ? words.value.trim() : select.value);
    }
    reckon();
  });
  // A browser that comes back to the page keeps the ticks, and not the sum.
  reckon();
}
