// The pages work without this. It starts the components of GOV.UK Frontend, and what a page with a picture needs.
import { initAll } from "./govuk-frontend.min.js";

initAll();

if (document.querySelector("[data-passkey]")) import("./passkey.js");

const drawing = document.querySelector("svg[data-picture]");
if (drawing) {
  import("./picture.js").then((picture) => picture.begin(drawing));
}
