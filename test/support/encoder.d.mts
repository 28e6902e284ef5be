export function startEncoder(port?: number): Promise<{ url: string; stop(): void }>;
