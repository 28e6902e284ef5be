/** The entry of `npm start` and its variants: the deployed Worker, and the models that can stand behind `AI`. */
import app from "./index";

export * from "./index";
export { OfflineModel } from "./llm/models/offline-model";
export { OpenAIModel } from "./llm/models/openai-model";
export { WorkersAI } from "./llm/models/workers-ai";

export default app;
