#!/usr/bin/python3
"""tshark_keys.py TEST SCRATCH: a folder keys/ decrypts.

TEST is the unit test of traces/keys.h, which writes the folder SCRATCH/keys-run/keys.  scapy seals
packets with the same keys, and tshark, given nothing but the folder, must open every one.
Exit code 77: tshark or scapy is not installed.
"""
import os
import shutil
import subprocess
import sys

test, scratch = sys.argv[1:3]
try:
    from scapy.layers.inet import UDP
    from scapy.layers.inet6 import IPv6
    from scapy.layers.ipsec import ESP, SecurityAssociation
    from scapy.utils import PcapWriter
except ImportError:
    print('SKIPPED: scapy is not installed')
    sys.exit(77)
if not shutil.which('tshark'):
    print('SKIPPED: tshark is not installed')
    sys.exit(77)

subprocess.run([test], check=True)
keys = os.path.join(scratch, 'keys-run', 'keys')
key = bytes(range(36))
outer = IPv6(src='2001:db8:b1::11', dst='2001:db8:a::1')
inner = IPv6(src='2001:db8:a::100', dst='2001:db8:c::9') / UDP(sport=1000, dport=2000) / b'hello'
sas = [SecurityAssociation(ESP, spi=0x10203040, crypt_algo='AES-GCM', crypt_key=key, tunnel_header=outer),
       SecurityAssociation(ESP, spi=0x1001, crypt_algo='AES-CBC', crypt_key=key[:16], auth_algo='SHA2-256-128',
                           auth_key=key[:32]),
       SecurityAssociation(ESP, spi=0xfffffff0, crypt_algo='NULL', auth_algo='HMAC-SHA1-96', auth_key=key[:20])]
trace = os.path.join(scratch, 'keys-run', 'sealed.pcap')
with PcapWriter(trace, linktype=229) as out:  # raw IPv6
    for sa in sas:
        for _ in range(2):
            out.write(sa.encrypt(inner))

got = subprocess.run(['tshark', '-r', trace, '-T', 'fields', '-e', 'esp.spi', '-e', 'esp.icv_good', '-e', 'udp.dstport',
                      '-e', 'udp.checksum.status'], env=dict(os.environ, WIRESHARK_CONFIG_DIR=keys),
                     capture_output=True, text=True)
want = ''.join('0x%08x\t1\t2000\t1\n' % sa.spi * 2 for sa in sas)
if got.returncode or got.stdout != want or 'malformed' in got.stderr or 'esp_sa' in got.stderr:
    print('want:\n%sgot:\n%s%s' % (want, got.stdout, got.stderr))
    sys.exit(1)
print('tshark decrypts the %d packets of %d SAs' % (2 * len(sas), len(sas)))
