/* Checking a PDF without sending it: its SHA-256 is worked out here, and only that leaves the device.

   form[data-check-file] holds input[type=file] and input[name=sidik]; a file may also be dropped on it. Where a browser
   offers no digest (plain http), the form is sent as it is, and the server works the hash out. */

async function hashOf(file) {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

for (const form of document.querySelectorAll("form[data-check-file]")) {
  const choice = form.querySelector("input[type=file]");
  const hash = form.elements.sidik;

  async function check(file) {
    hash.value = await hashOf(file);
    choice.disabled = true; // so that the file stays here
    form.submit();
  }

  if (!window.crypto?.subtle) continue;
  form.addEventListener("submit", (event) => {
    const [file] = choice.files;
    if (!file) return;
    event.preventDefault();
    check(file);
  });
  for (const name of ["dragover", "dragleave", "drop"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.toggle("drop--over", name === "dragover");
      const file = name === "drop" && event.dataTransfer.files[0];
      if (file) check(file);
    });
  }
  window.addEventListener("pageshow", () => { choice.disabled = false; hash.value = ""; });
}
