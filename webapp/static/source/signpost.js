// The pages work without this. It only starts the components of GOV.UK Frontend.
import { initAll } from "./govuk-frontend.min.js";

initAll();
