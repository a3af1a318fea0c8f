/** What went wrong with a merchant's database, in words that say what to do. Pure. */

export interface SourceAdvice {
  reason: string;
  remedy: string;
}

/** Something that a person has to mend; nothing is the matter with the connection itself. */
export class SourceTrouble extends Error {
  constructor(readonly advice: SourceAdvice) {
    super(advice.reason);
    this.name = 'SourceTrouble';
  }
}

export interface Where {
  host: string;
  port: number;
  database: string;
  username: string;
}

export const MEND = 'Lockstep tries again by itself and goes on where it was.';

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** What the system or TLS says, whichever kind of database is there; null where it is something else. */
export function systemAdvice(error: unknown, { host, port }: Where, program: string): SourceAdvice | null {
  if (error instanceof SourceTrouble) return error.advice;
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { reason: `There is no server ${host}.`, remedy: 'Look for a spelling mistake in the host.' };
    case 'ECONNREFUSED':
      return {
        reason: `${host} refuses connections on port ${port}.`,
        remedy: `Look whether ${program} runs there, listens on that port and address, and whether the port is right. ${MEND}`,
      };
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return silent(host, port);
    case 'ECONNRESET':
    case 'EPIPE':
      return ended;
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code) || /self.signed|certificate/.test(message))
    return {
      reason: `The certificate of ${host} cannot be trusted (${code === '' ? message : code}).`,
      remedy:
        'Paste the certificate of its authority, connect by the name it is made out to, or choose “encrypt without checking”.',
    };
  if (/timeout expired|timeout exceeded|ETIMEDOUT/i.test(message)) return silent(host, port);
  return /Connection terminated|ended the stream|fell silent/i.test(message) ? ended : null;
}

const silent = (host: string, port: number): SourceAdvice => ({
  reason: `${host}:${port} does not answer.`,
  remedy: `A firewall may keep us out: allow this server to connect to the port. ${MEND}`,
});

export const ended: SourceAdvice = {
  reason: 'The database ended the connection.',
  remedy: `It may have been restarted. ${MEND}`,
};

/** For what nobody thought of. */
export function otherAdvice(error: unknown): SourceAdvice {
  const message = error instanceof Error ? error.message : String(error);
  return {
    reason: `The database answered: ${message.slice(0, 300)}`,
    remedy: `Have whoever looks after it look at this. ${MEND}`,
  };
}
