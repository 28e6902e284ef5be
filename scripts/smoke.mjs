// Runs `npm start`, asks one question over HTTP and stops the server. For systems that do not run the whole test suite.
import { execFileSync, spawn } from "node:child_process";

const TIMEOUT_MS = 120_000;
const PORT = "8798";
const isWindows = process.platform === "win32";

const server = spawn("npm", ["start", "--", "--port", PORT], { detached: !isWindows, shell: isWindows });
const stop = () => {
  // Windows has no process groups, so taskkill ends the process tree.
  if (isWindows) execFileSync("taskkill", ["/pid", String(server.pid), "/t", "/f"]);
  else process.kill(-server.pid, "SIGTERM");
};
const timer = setTimeout(() => {
  console.error("npm start was not ready in time");
  stop();
  process.exit(1);
}, TIMEOUT_MS);

try {
  await new Promise((resolve, reject) => {
    let output = "";
    const read = (data) => {
      output += data;
      if (output.includes("Ready on")) resolve();
    };
    server.stdout.on("data", read);
    server.stderr.on("data", read);
    server.once("exit", () => reject(new Error(output)));
  });
  const ask = async (question) => {
    const response = await fetch(`http://127.0.0.1:${PORT}/ask`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ sessionId: "smoke", question }),
    });
    return response.json();
  };
  await ask("My name is Ana and I keep bees in Lisbon.");
  const { answer } = await ask("Where do I keep bees?");
  if (!String(answer).includes("Lisbon")) throw new Error(`unexpected answer: ${answer}`);
  console.log(answer);
} finally {
  clearTimeout(timer);
  stop();
}
