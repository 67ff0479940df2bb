// Tells on the page how far a job is, and opens the page anew when it has ended. Without this a link does it.
const watched = document.querySelector("[data-progress]");

if (watched) {
  const words = watched.querySelector("label");
  const bar = watched.querySelector("progress");
  let wait = 1000;

  const ask = async () => {
    try {
      const answer = await fetch(watched.dataset.progress, { credentials: "same-origin", redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      const now = await answer.json();
      if (!now.running) {
        window.location.reload();
        return;
      }
      wait = 1000;
      if (words.textContent !== now.words) words.textContent = now.words;
      if (now.share === null) bar.removeAttribute("value");
      else bar.value = now.share;
    } catch {
      // The site or the session may have ended: asked again ever more seldom, the last words stay.
      wait = Math.min(wait * 2, 60000);
    }
    window.setTimeout(ask, wait);
  };

  window.setTimeout(ask, wait);
}
