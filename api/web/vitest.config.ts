import { defineConfig } from "vitest/config";

// vite itself is held at 7 in package.json: version 8.4 names an optional package that the registry does not have.
export default defineConfig({ test: { environment: "node", include: ["tests/**/*.test.ts"], maxWorkers: 1, isolate: false } });
