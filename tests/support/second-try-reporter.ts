/** Names, before the summary, what passed only at its second try, and why not at its first: it is to be looked into. */
import type { Reporter, TestCase } from 'vitest/node';

export default class SecondTryReporter implements Reporter {
  private readonly found: TestCase[] = [];

  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky) this.found.push(test);
  }

  onTestRunEnd(): void {
    if (this.found.length === 0) return;
    const said = this.found.map((test) => {
      const errors = (test.result().errors ?? []).flatMap(({ stack, message, diff }) => [
        stack ?? message,
        ...(diff === undefined ? [] : [diff]),
      ]);
      return [`${test.module.moduleId} > ${test.fullName}`, ...errors].join('\n');
    });
    process.stdout.write(`\nPassed at the second try only, look into it:\n\n${said.join('\n\n')}\n`);
  }
}
