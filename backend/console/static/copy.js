// The ready text of a forward task into the clipboard. Outside https browsers keep the clipboard to themselves: then the
// text is selected and copied the old way, and stays selected if that fails too.
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(text);
    return document.execCommand("copy");
  }
}

for (const button of document.querySelectorAll("[data-copies]")) {
  button.hidden = false;
  button.onclick = async () => {
    const done = await copied(document.getElementById(button.dataset.copies));
    button.textContent = done ? button.dataset.done : button.dataset.failed;
  };
}
