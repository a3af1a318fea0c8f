/** What counts as public, against Node's own block lists as an oracle. */
import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isIpAddress, isPublicAddress, isSameAddress, parseIpv4, parseIpv6 } from './public-address';
import { webAddressProblem } from './web-address';

const NOT_PUBLIC = [
  ...[
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '100.100.100.200',
    '127.0.0.1',
    '127.255.255.254',
    '168.63.129.16',
  ],
  ...[
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.1.1',
  ],
  ...[
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
  ],
  ...['255.255.255.255', '::', '::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::127.0.0.1', '64:ff9b::7f00:1'],
  ...['64:ff9b::8.8.8.8', '64:ff9b:1::1', '100::1', '2001::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  ...[
    '2001:20::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '2002:a00:1::1',
    '3fff::1',
    '5f00::1',
    'fc00::1',
    'fd00:ec2::254',
  ],
  ...['fe80::1', 'fec0::1', 'ff02::1', 'fe80::1%eth0', '2606:4700::1%1', '127.1', '0x7f.0.0.1', '0177.0.0.1'],
  ...['2130706433', '', 'localhost', '1.2.3', '1.2.3.4.5', '1.2.3.256', ':::', '1::2::3', '12345::'],
];
const PUBLIC = [
  ...['1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '172.15.255.255'],
  ...['172.32.0.0', '169.253.255.255', '192.167.255.255', '198.17.255.255', '198.20.0.0', '223.255.255.255'],
  ...['2606:4700:4700::1111', '2001:4860:4860::8888', '2A00:1450:4001:81B::200E', '2003::', '2001:200::'],
];

const ipv4 = fc.ipV4();
const ipv6 = fc.oneof(
  fc.ipV6(),
  // Near the edges of the blocks.
  fc
    .tuple(
      fc.constantFrom('2000', '2001', '2002', '2003', '3fff', '4000', '1fff', '64', '0', 'fe80'),
      fc.constantFrom('0', '1', '20', '1ff', '200', 'db8', 'db9', 'fff', '1000', 'ff9b', 'ffff'),
      fc.nat({ max: 0xffff }),
    )
    .map(([first, second, last]) => `${first}:${second}::${last.toString(16)}`),
);

const blocked = new BlockList();
for (const [base, bits] of [
  ...([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
  ] as const),
  ...([
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.88.99.0', 24],
    ['192.168.0.0', 16],
  ] as const),
  ...([
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 3],
  ] as const),
])
  blocked.addSubnet(base, bits, 'ipv4');
const open = new BlockList();
open.addSubnet('2000::', 3, 'ipv6');
const closed = new BlockList();
for (const [base, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  closed.addSubnet(base, bits, 'ipv6');

describe('public addresses', () => {
  it.each(NOT_PUBLIC)('%s is none', (address) => expect(isPublicAddress(address)).toBe(false));
  it.each(PUBLIC)('%s is one', (address) => expect(isPublicAddress(address)).toBe(true));

  it('are those outside of all closed ranges of IPv4', () => {
    fc.assert(
      fc.property(ipv4, (address) => {
        fc.pre(address !== '168.63.129.16');
        expect(isPublicAddress(address)).toBe(!blocked.check(address, 'ipv4'));
      }),
      { numRuns: 2_000 },
    );
  });

  it('are those in the open range of IPv6 and in none that is closed', () => {
    fc.assert(
      fc.property(ipv6, (address) => {
        expect(isPublicAddress(address)).toBe(open.check(address, 'ipv6') && !closed.check(address, 'ipv6'));
      }),
      { numRuns: 2_000 },
    );
  });

  it('are told from other text as Node tells them', () => {
    fc.assert(
      fc.property(fc.oneof(ipv4, ipv6, fc.string(), fc.stringMatching(/^[0-9a-f:.]{0,20}$/)), (text) => {
        expect(isIpAddress(text)).toBe(isIP(text) !== 0);
        expect([parseIpv4(text) !== null, parseIpv6(text) !== null]).toEqual([
          isIP(text) === 4,
          isIP(text) === 6,
        ]);
        expect(isSameAddress(text, text)).toBe(isIP(text) !== 0);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a web address', () => {
  it.each([
    ['ftp://example.com/a.png', '“ftp:” is not the web.'],
    ['file:///etc/passwd', '“file:” is not the web.'],
    ['javascript:alert(1)', '“javascript:” is not the web.'],
    ['example.com/a.png', 'This is no web address.'],
    [' https://example.com/a.png', 'This is no web address.'],
    ['https://me:secret@example.com/a.png', 'It holds a user name or a password, which others would see.'],
    ['https://me@example.com/', 'It holds a user name or a password, which others would see.'],
    ['https://example.com:8443/a.png', 'Port 8443 is not asked: only 80 and 443 are.'],
    ['http://example.com:22/', 'Port 22 is not asked: only 80 and 443 are.'],
    ['http://localhost/a.png', 'localhost is not on the public web.'],
    ['http://LOCALHOST./a.png', 'localhost. is not on the public web.'],
    ['http://metadata.google.internal/', 'metadata.google.internal is not on the public web.'],
    ['http://printer.local/', 'printer.local is not on the public web.'],
    ['http://127.1/', '127.0.0.1 is not on the public web.'],
    ['http://0x7f000001/', '127.0.0.1 is not on the public web.'],
    ['http://2130706433/', '127.0.0.1 is not on the public web.'],
    ['http://0177.0.0.1/', '127.0.0.1 is not on the public web.'],
    ['http://１２７.0.0.1/', '127.0.0.1 is not on the public web.'],
    ['http://169.254.169.254/latest/meta-data/', '169.254.169.254 is not on the public web.'],
    ['http://[::1]/', '::1 is not on the public web.'],
    ['http://[::ffff:10.0.0.1]/', '::ffff:a00:1 is not on the public web.'],
    ['http://[64:ff9b::a9fe:a9fe]/', '64:ff9b::a9fe:a9fe is not on the public web.'],
    ['http://[2002:7f00:1::]/', '2002:7f00:1:: is not on the public web.'],
  ])('%s is refused', (url, reason) => {
    expect(webAddressProblem(url)?.reason).toBe(reason);
  });

  it.each([
    'https://example.com/a.png',
    'http://example.com:80/',
    'https://example.com:443/a?b=c#d',
    'http://1.1.1.1/',
  ])('%s may be asked', (url) => expect(webAddressProblem(url)).toBeNull());

  it('may be asked where who runs the app has named its host, and only at the port that was named', () => {
    const allowed = ['10.0.0.7:8080', 'files.local', '[fd00::7]'];
    for (const url of [
      'http://10.0.0.7:8080/a',
      'http://files.local:9/',
      'https://files.local/',
      'http://[fd00::7]:81/',
    ])
      expect([url, webAddressProblem(url, allowed)]).toEqual([url, null]);
    for (const url of [
      'http://10.0.0.7/a',
      'http://10.0.0.7:8081/',
      'http://10.0.0.8:8080/',
      'http://a.files.local/',
    ])
      expect([url, webAddressProblem(url, allowed) === null]).toEqual([url, false]);
    expect(webAddressProblem('http://me@files.local/', allowed)).not.toBeNull();
  });
});
