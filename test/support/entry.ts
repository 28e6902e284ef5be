/** The Worker with a model that tests control. */
import app from "../../src/local";

export * from "../../src/local";
export { ScriptDO, ScriptedModel } from "./scripted-model";
export default app;
