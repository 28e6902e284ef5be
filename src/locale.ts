/** Sets the English error texts of zod's schemas. `zod/mini` has none of its own: all errors would be "Invalid input". */
import { config } from "zod/mini";
import en from "zod/v4/locales/en.js";

config(en());
