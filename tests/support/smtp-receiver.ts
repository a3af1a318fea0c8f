/** A real SMTP server in this process: what it is sent, parsed. */
import type { AddressInfo } from 'node:net';
import { simpleParser } from 'mailparser';
import type { ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { waitFor } from './wait-for';

export interface SmtpReceiver {
  /** For SMTP_URL. */
  url: string;
  mails: ParsedMail[];
  /** The first mail whose subject matches and that was not asked for before. */
  next(subject: RegExp): Promise<ParsedMail>;
  /** Refuses mail to this address from now on, for good. */
  refuse(address: string): void;
  close(): Promise<void>;
}

export async function startSmtpReceiver(): Promise<SmtpReceiver> {
  const mails: ParsedMail[] = [];
  const given = new Set<ParsedMail>();
  const refused = new Set<string>();
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    onRcptTo: ({ address }, _session, done) =>
      done(refused.has(address) ? Object.assign(new Error('No such user'), { responseCode: 550 }) : null),
    onData: (stream, _session, done) => {
      simpleParser(stream).then(
        (mail) => {
          mails.push(mail);
          done();
        },
        (error: Error) => done(error),
      );
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    next: (subject) =>
      waitFor(`a mail about ${subject} arrives`, () => {
        const mail = mails.find((one) => !given.has(one) && subject.test(one.subject ?? ''));
        if (mail !== undefined) given.add(mail);
        return mail;
      }),
    refuse: (address) => refused.add(address),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
