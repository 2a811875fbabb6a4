import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@changeover/source'] },
  ssr: { resolve: { conditions: ['@changeover/source'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'tools/**/*.test.ts', 'examples/**/*.test.ts'],
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
