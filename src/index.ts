/** The Worker: its fetch handler, and the classes that the runtime looks up by name. */
import { app } from "./app";

export { ChatDO } from "./do/chat";
export { LegacyDO } from "./do/legacy";
export { UsageDO } from "./do/usage";
export { UserDO } from "./do/user";
export { OfflineModel } from "./llm/bindings/offline-model";
export { OpenAIModel } from "./llm/bindings/openai-model";
export { WorkersAI } from "./llm/bindings/workers-ai";

export default app;
