/** The Worker as the tests run it: its model is one that they play on. */
import app from "../../src/local";

export * from "../../src/local";
export { ScriptDO, ScriptedModel } from "./scripted-model";
export default app;
