"""What the live tests share: throw-away namespaces, scenarios made from live-vpn.yaml, what a run left behind.

Every case runs alone, as process 1 of namespaces of its own (network, processes, mounts): when it is over, and
however it ends, no process, device or route is left. Nothing outside of the scratch folder is written.
"""
import copy
import json
import os
import select
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import threading
import time

os.environ['PATH'] += ':/usr/sbin:/sbin'
CAR, HA, CN, HOME = '2001:db8:2::/64', '2001:db8:a::1', '2001:db8:a::cc', '2001:db8:a::100'
CELL = '2001:db8:3::/64'


def skip(why):
    print('SKIPPED: ' + why, flush=True)
    sys.exit(77)


def demand_namespaces():
    """Skips where there is no TUN device, or no right to it."""
    if not os.path.exists('/dev/net/tun'):
        skip('no /dev/net/tun')
    if os.geteuid() != 0:
        skip('needs root for namespaces')
    for program in ('unshare', 'ip', 'mount'):
        if not shutil.which(program):
            skip('not installed: ' + program)
    trial = 'mount -t proc proc /proc && ip link set lo up && ip tuntap add mode tun name trial'
    tried = subprocess.run(['unshare', '-n', '-p', '-m', '-f', '--kill-child', 'sh', '-c', trial],
                           capture_output=True, text=True)
    if tried.returncode != 0:
        skip('no namespaces with a TUN device here: ' + tried.stderr.strip().split('\n')[-1])
    try:
        import yaml  # noqa: F401
    except ImportError:
        skip('not installed: python3-yaml')


def run_cases(script, arguments, names, at_once=4, seconds=120):
    """Each name in namespaces of its own, some at once. Answers how many failed; prints what each said."""
    waiting, running, failed = list(names), {}, []
    while waiting or running:
        while waiting and len(running) < at_once:
            name = waiting.pop(0)
            command = ['unshare', '-n', '-p', '-m', '-f', '--kill-child', sys.executable, script, '--inside', name]
            running[name] = (subprocess.Popen(command + arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                              text=True), time.monotonic())
        for name, (process, began) in list(running.items()):
            if process.poll() is None and time.monotonic() - began < seconds:
                continue
            if process.poll() is None:
                process.kill()  # --kill-child takes all of it along
            said = process.communicate()[0]
            good = process.returncode == 0
            print(f'{"ok  " if good else "FAIL"} {name}' + ('' if good else '\n' + said), flush=True)
            if not good:
                failed.append(name)
            del running[name]
        time.sleep(0.05)
    print(f'{len(names) - len(failed)} of {len(names)} cases' + (': not ' + ' '.join(failed) if failed else ''))
    return len(failed)


# ---- inside of the namespaces ---------------------------------------------------------------------------------


def sh(command):
    subprocess.run(command, shell=True, check=True, stdout=subprocess.DEVNULL)


def set_up(*devices):
    """The kernel forwards between TUN devices: each with the prefixes that are behind it."""
    sh('mount -t proc proc /proc; mount -t tmpfs tmpfs /run; ip link set lo up')
    for scope in ('all', 'default'):
        with open(f'/proc/sys/net/ipv6/conf/{scope}/accept_dad', 'w') as f:
            f.write('0')
        with open(f'/proc/sys/net/ipv6/conf/{scope}/forwarding', 'w') as f:
            f.write('1')
    for name, prefixes in devices:
        sh(f'ip tuntap add mode tun name {name}; ip link set {name} up')
        for prefix in prefixes:
            sh(f'ip -6 route add {prefix} dev {name}')


def merge(into, changes):
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        elif value is None:
            into.pop(key, None)
        else:
            into[key] = copy.deepcopy(value)


def written(s):
    """As JSON, which is YAML, too."""
    return json.dumps(s, indent=1).replace('"true"', 'true').replace('"false"', 'false')


def scenario(folder, scenarios, changes, mobile='car'):
    """live-vpn.yaml, changed; `mobile` is the mobile node's name."""
    import yaml
    with open(os.path.join(scenarios, 'live-vpn.yaml')) as f:
        s = yaml.load(f, Loader=yaml.BaseLoader)  # 'on' is a key, not true
    s['expect'] = []
    s['flows']['out']['start'] = s['flows']['in']['start'] = '1 s'
    merge(s, changes)
    text = written(s)
    if mobile != 'car':
        s['nodes'][mobile] = s['nodes'].pop('car')
        for flow in s['flows'].values():
            flow['between'] = [mobile if end == 'car' else end for end in flow['between']]
        text = written(s).replace('car.', mobile + '.')
    path = os.path.join(folder, 'scenario.yaml')
    with open(path, 'w') as f:
        f.write(text)
    return path


def addresses(monami, path, node):
    """{'care-of car.wlan0': ADDRESS, ...}"""
    out = subprocess.run([monami, 'live', path, '--node', node, '--addresses'], check=True, capture_output=True,
                         text=True).stdout
    return {' '.join(line.split()[:2]): line.split()[2] for line in out.splitlines()}


def live(monami, path, node, tun, seconds, out):
    """One node, begun."""
    log = open(out + '.log', 'w')
    return subprocess.Popen([monami, 'live', path, '--node', node, '--tun', tun, '--for', f'{seconds} s', '-f', '-o',
                             out], stdout=log, stderr=subprocess.STDOUT)


def await_devices(*names, seconds=15):
    """Until each TUN device has the program that it belongs to: a kernel keeps new addresses of one without tentative."""
    until = time.monotonic() + seconds
    for name in names:
        while True:
            shown = subprocess.run(['ip', '-o', 'link', 'show', 'dev', name], capture_output=True, text=True).stdout
            if shown and 'NO-CARRIER' not in shown:
                break
            if time.monotonic() > until:
                sys.exit(f'{name}: no program has opened it within {seconds} s')
            time.sleep(0.02)


class Left:
    """What a run left behind."""

    def __init__(self, folder):
        self.folder = folder
        self.db = sqlite3.connect(os.path.join(folder, 'results.sqlite'))

    def events(self, name, **where):
        rows = self.db.execute('SELECT t_ns, data FROM event WHERE name = ? ORDER BY id', (name,)).fetchall()
        found = []
        for t, data in rows:
            data = json.loads(data)
            if all(data.get(key) == value for key, value in where.items()):
                found.append(dict(data, t=t / 1e9))
        return found

    def exchanges(self, name, direction='received'):
        """Messages of that exchange, each once."""
        seen = {(e['kind'], e['message_id'], e.get('spi_i')) for e in
                self.events('ike.message', exchange=name, direction=direction)}
        return len(seen)

    def echo(self, flow):
        """Echo requests of a flow: sent, answered."""
        return self.db.execute("SELECT sent, received FROM flow WHERE flow = ? AND direction = 'up'",
                               (flow,)).fetchone()

    def sas(self):
        return [dict(zip([c[0] for c in cursor.description], row))
                for cursor in [self.db.execute('SELECT * FROM sa')] for row in cursor.fetchall()]

    def ike_keys(self):
        """{SPIi+SPIr: (SK_ei, SK_er, SK_ai, SK_ar)}, hexadecimal"""
        with open(os.path.join(self.folder, 'keys', 'ikev2_decryption_table')) as f:
            rows = [line.strip().split(',') for line in f if not line.startswith('#')]
        return {row[0] + row[1]: (row[2], row[3], row[5], row[6]) for row in rows}

    def esp_keys(self):
        """{SPI: (encryption, integrity)}, hexadecimal"""
        with open(os.path.join(self.folder, 'keys', 'esp_sa')) as f:
            rows = [line.strip().replace('"', '').split(',') for line in f if not line.startswith('#')]
        return {int(row[3], 16): (row[5].replace('0x', ''), row[7].replace('0x', '')) for row in rows if len(row) > 7}


class Checks:
    """What a case demands; the last says whether all was so."""

    def __init__(self):
        self.wrong = 0

    def demand(self, good, what, *found):
        if not good:
            self.wrong += 1
            print('  ' + what + ': ' + ', '.join(repr(f) for f in found), flush=True)

    def end(self):
        sys.exit(1 if self.wrong else 0)


def ping(source, destination, count=3, seconds=1.0):
    """Echo requests of the kernel's own (RFC 4443 4.1). Answers how many were answered."""
    answered = 0
    with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as s:
        s.bind((source, 0))
        for sequence in range(count):
            until = time.monotonic() + seconds
            try:
                s.sendto(struct.pack('!BBHHH', 128, 0, 0, 0x4c56, sequence) + bytes(range(40)), (destination, 0))
            except OSError:  # no way there
                time.sleep(seconds)
            while time.monotonic() < until:
                s.settimeout(max(0.01, until - time.monotonic()))
                try:
                    packet, sender = s.recvfrom(2048)
                except TimeoutError:
                    break
                if packet[0] == 129 and packet[4:8] == struct.pack('!HH', 0x4c56, sequence) and packet[8:] == bytes(
                        range(40)) and sender[0] == destination:
                    answered += 1
                    break
    return answered


class Translator(threading.Thread):
    """Carries packets between two devices, as a NAT between addresses of `inside` and its own `outside` (UDP alone)."""

    def __init__(self, device_in, device_out, outside):
        super().__init__(daemon=True)
        with open('/proc/sys/net/ipv6/conf/all/forwarding', 'w') as f:
            f.write('0')  # the kernel is no second way
        self.way = [socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x86dd)) for _ in range(2)]
        for s, device in zip(self.way, (device_in, device_out)):
            s.bind((device, 0x86dd))
        self.names = (device_in, device_out)
        self.own = socket.inet_pton(socket.AF_INET6, outside)
        self.inside, self.ports = {}, {}  # port outside: (address, port) inside, and back

    @staticmethod
    def rebuild(packet, source, destination, ports):
        udp = struct.pack('!HHHH', *ports, len(packet) - 40, 0) + packet[48:]
        pseudo = source + destination + struct.pack('!IHBB', len(udp), 0, 0, 17) + udp + b'\0' * (len(udp) % 2)
        total = sum(struct.unpack(f'!{len(pseudo) // 2}H', pseudo))
        while total >> 16:
            total = (total & 0xffff) + (total >> 16)
        return packet[:8] + source + destination + udp[:6] + struct.pack('!H', (~total & 0xffff) or 0xffff) + udp[8:]

    def out(self, p):
        inner = (p[8:24], struct.unpack('!H', p[40:42])[0])
        port = self.ports.setdefault(inner, 40000 + len(self.ports))
        self.inside[port] = inner
        return self.rebuild(p, self.own, p[24:40], (port, struct.unpack('!H', p[42:44])[0]))

    def back(self, p):
        inner = self.inside.get(struct.unpack('!H', p[42:44])[0])
        if p[24:40] != self.own or not inner:
            return None
        return self.rebuild(p, p[8:24], inner[0], (struct.unpack('!H', p[40:42])[0], inner[1]))

    def run(self):
        while True:
            for s in select.select(self.way, [], [])[0]:
                packet, sender = s.recvfrom(4096)
                if sender[2] == 4 or packet[6] != 17:  # what leaves itself; other than UDP
                    continue
                k = self.way.index(s)
                packet = self.back(packet) if k else self.out(packet)
                if packet:
                    self.way[1 - k].sendto(packet, (self.names[1 - k], 0x86dd))


def stop(process, how=signal.SIGTERM, seconds=10):
    if process.poll() is None:
        process.send_signal(how)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
