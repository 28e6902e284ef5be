/** The Worker as the tests run it: its model is one that they play on. */
import app from "../../src/index";

export * from "../../src/index";
export { ScriptDO, ScriptedModel } from "./scripted-model";
export default app;
