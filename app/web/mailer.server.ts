/** E-mail by the mail server of whoever runs the app. Its address is theirs, as the database's is: nobody else can name it. */
import { createTransport } from 'nodemailer';
import type { AddressOutcome } from '~/core/delivery-outcome';

export interface Mail {
  to: string[];
  subject: string;
  text: string;
  html: string;
  /** The same however often it is sent: mail servers and readers drop what they have already. */
  messageId: string;
}

export interface Mailer {
  send(mail: Mail): Promise<AddressOutcome>;
  close(): void;
}

const TIMEOUT_MS = 15_000;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/;

/** Codes of replies that stay what they are however often the same is sent. */
const isForGood = (code: number) => code >= 500 && code < 600;
/** The login is the installation's: it may be mended while the message waits. */
const LOGIN_CODES = new Set([530, 534, 535, 538]);

function failureOf(error: unknown, host: string): AddressOutcome {
  const words = error instanceof Error ? error.message : String(error);
  const code =
    error instanceof Error && 'responseCode' in error && typeof error.responseCode === 'number'
      ? error.responseCode
      : 0;
  if (isForGood(code) && !LOGIN_CODES.has(code))
    return {
      kind: 'refused',
      reason: `The mail server refused it: ${words}.`,
      remedy: 'Correct the addresses of this channel.',
    };
  return {
    kind: 'failed',
    reason: `The mail server ${host} did not take it: ${words}.`,
    remedy: 'It is sent again; where this stays, whoever runs Lockstep looks at SMTP_URL.',
  };
}

/**
 * Sends by `url`: smtp://user:password@host:587 (encrypted by STARTTLS, which is demanded where there is a password and the server is not
 * this machine) or smtps://…:465. Throws where it is no such address.
 */
export function createMailer({ url, from }: { url: string; from: string }): Mailer {
  const { protocol, hostname, port, username, password } = new URL(url);
  const isSecure = protocol === 'smtps:';
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const transport = createTransport({
    host,
    port: port === '' ? (isSecure ? 465 : 587) : Number(port),
    secure: isSecure,
    requireTLS: username !== '' && !isSecure && !LOOPBACK.test(hostname),
    ...(username !== '' && {
      auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
    }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    send: async ({ to, ...mail }) => {
      try {
        await transport.sendMail({ from, to, ...mail, headers: { 'auto-submitted': 'auto-generated' } });
        return { kind: 'sent' };
      } catch (error) {
        return failureOf(error, host);
      }
    },
    close: () => transport.close(),
  };
}
