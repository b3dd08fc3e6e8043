// Asking by keyboard: 1–9 picks an answer of the question one is at (else of the first without one), then goes on.
const questions = [...document.querySelectorAll("#asked fieldset.asked")];
const answered = (one) => one.querySelector(":checked") !== null;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !/^[1-9]$/.test(event.key)) return;
  const at = questions.find((one) => one.contains(document.activeElement)) ?? questions.find((one) => !answered(one));
  const choice = at?.querySelectorAll("input[type=radio]")[Number(event.key) - 1];
  if (!choice) return;
  event.preventDefault();
  choice.checked = true;
  const next = questions.slice(questions.indexOf(at) + 1).find((one) => !answered(one));
  const to = next?.querySelector("input") ?? document.querySelector("#asked button.main");
  to.focus();
  to.scrollIntoView({ block: "center" });
});
