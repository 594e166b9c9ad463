/* A film of another site, shown in the lesson once the learner asks for it: nothing is loaded before. */

for (const button of document.querySelectorAll("[data-embed]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const frame = document.createElement("iframe");
    frame.src = button.dataset.embed;
    frame.title = button.dataset.title;
    frame.allow = "fullscreen; encrypted-media; picture-in-picture";
    frame.referrerPolicy = "strict-origin-when-cross-origin";
    button.replaceWith(frame);
    frame.focus();
  });
}
