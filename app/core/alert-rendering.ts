/** A message in the form of each kind of channel. */
import type { AlertMessage, MessageSection } from './alert-message';

const linkText = ({ link }: MessageSection) => (link === null ? [] : [`${link.label}: ${link.url}`]);

/** As plain text, for e-mail. */
export function messageText({ sections }: AlertMessage): string {
  return sections
    .map((section) => [section.title, ...section.lines, ...linkText(section)].join('\n'))
    .join('\n\n');
}

const ESCAPED: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (sign) => ESCAPED[sign] ?? sign);

/** As HTML, for e-mail. */
export function messageHtml({ subject, sections }: AlertMessage): string {
  const body = sections
    .map(({ title, lines, link }) =>
      [
        `<h2 style="font-size:16px;margin:24px 0 8px">${escapeHtml(title)}</h2>`,
        ...lines.map((line) => `<p style="margin:0 0 8px">${escapeHtml(line)}</p>`),
        ...(link === null ? [] : [`<p><a href="${escapeHtml(link.url)}">${escapeHtml(link.label)}</a></p>`]),
      ].join('\n'),
    )
    .join('\n');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>
<body style="font-family:sans-serif;font-size:14px;line-height:1.5;color:#303030">
${body}
</body></html>`;
}

/** Slack shows three signs as markup. https://docs.slack.dev/messaging/formatting-message-text#escaping */
const escapeSlack = (text: string) => text.replace(/[&<>]/g, (sign) => ESCAPED[sign] ?? sign);
/** Slack's limits of a message and of one of its texts. */
const SLACK_BLOCKS = 50;
const SLACK_TEXT = 3_000;

/** The body for an incoming webhook of Slack. */
export function slackBody(message: AlertMessage): { text: string; blocks: unknown[] } {
  const blocks = message.sections.map(({ title, lines, link }) => {
    const text = [`*${escapeSlack(title)}*`, ...lines.map(escapeSlack)].join('\n').slice(0, SLACK_TEXT - 500);
    const address = link === null ? '' : `\n<${link.url}|${escapeSlack(link.label)}>`;
    return { type: 'section', text: { type: 'mrkdwn', text: `${text}${address}` } };
  });
  return { text: escapeSlack(message.subject), blocks: blocks.slice(0, SLACK_BLOCKS) };
}

/** Two parts of a text message. */
const SMS_LENGTH = 300;

/** As a text message: what it is and one line of each. */
export function smsText({ subject, sections }: AlertMessage): string {
  const titles = sections.map(({ title, lines }) => [title, lines[0] ?? ''].filter(Boolean).join(': '));
  const text = sections.length === 1 ? [subject, sections[0]?.lines[0] ?? ''] : [subject, ...titles];
  const whole = text.filter(Boolean).join('\n');
  return whole.length <= SMS_LENGTH ? whole : `${whole.slice(0, SMS_LENGTH - 1)}…`;
}

/** The body of a signed webhook. `id` is the same however often it is sent. */
export function webhookBody(message: AlertMessage, { id, at }: { id: string; at: Date }): string {
  const { kind, severity, subject, sections, facts } = message;
  const data = { id, severity, subject, sections, ...facts };
  return JSON.stringify({ type: `lockstep.${kind}`, timestamp: at.toISOString(), data });
}
