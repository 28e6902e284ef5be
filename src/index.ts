/** The entry of a deployed Worker: its fetch handler, and the classes that the runtime looks up by name. */
import { app } from "./app";

export { ChatDO } from "./do/chat";
export { LegacyDO } from "./do/legacy";
export { UsageDO } from "./do/tenant";
export { UserDO } from "./do/user";

export default app;
