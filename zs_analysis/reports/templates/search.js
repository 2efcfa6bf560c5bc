const box = document.querySelector(".zs-search"), asked = box.querySelector("input"), told = box.querySelector("[role=status]");
const said = box.querySelector("[hidden]").textContent;
const plain = text => text.normalize("NFKC").toLowerCase(), texts = new Map();
document.querySelectorAll(".zs-card").forEach(card => texts.set(card, plain(card.querySelector(".zs-found").textContent)));
asked.addEventListener("input", () => {
  const words = plain(asked.value).split(/\s+/).filter(Boolean);
  let count = 0;
  texts.forEach((text, card) => {
    count += !(card.hidden = !words.every(word => text.includes(word)));
    card.querySelectorAll(".zs-found details").forEach(more => more.open = words.length > 0);
  });
  document.querySelectorAll(".zs-quarter").forEach(quarter => {
    quarter.hidden = !quarter.querySelector(".zs-card:not([hidden])");
    if (words.length && !quarter.hidden) quarter.open = true;
  });
  document.querySelector(".zs-overview").hidden = words.length > 0;
  told.textContent = words.length ? said.replace("{}", count) : "";
});
box.hidden = false;
